"""The page about providers says what the adapters say."""

from tests.providers.capability_table import PAGE, page_with, table


async def test_the_pages_table_is_drawn_from_the_data():
    assert PAGE.read_text(encoding="utf-8") == page_with(await table()), (
        "python -m tests.providers.capability_table writes it anew"
    )

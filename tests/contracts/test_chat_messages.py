"""Where Slack shows a job: the first message on record stays."""

from dataclasses import replace

from bot.domain.identity import WorkspaceId
from bot.ports import ChatMessage
from bot.store.opening import Store
from bot.store.slack import SqlChatMessages
from tests.contracts.store_kit import running


async def test_of_two_posted_answers_the_first_on_record_stays(store: Store) -> None:
    messages = SqlChatMessages(store.executor)
    claimed = await running(store, "k1")
    first = ChatMessage(
        job=claimed.job.id,
        final=True,
        workspace=WorkspaceId("slack:T1"),
        channel="C1",
        message="1.0",
        thread=None,
        shown=(1,),
    )
    status = replace(first, final=False, message="0.5", shown=())

    assert await messages.keep_first(first) == first
    assert await messages.keep_first(replace(first, message="2.0")) == first
    assert await messages.keep_first(status) == status

    assert list(await messages.of_job(claimed.job.id)) == [status, first]

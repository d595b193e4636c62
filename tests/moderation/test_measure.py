import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.measure import Row, cut, main, read_set, wilson


@given(st.integers(0, 500).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_an_interval_holds_its_share(counts):
    part = wilson(*counts)

    assert 0 <= part.low <= part.share + 1e-12
    assert part.share <= part.high + 1e-12
    assert part.high <= 1


def test_wilson_is_the_published_formula():
    part = wilson(2, 50)

    assert math.isclose(part.low, 0.0110, abs_tol=1e-4)
    assert math.isclose(part.high, 0.1346, abs_tol=1e-4)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'prompt,kind\n"a fox, red",safe\na nude woman,unsafe\n,safe\n'),
        ("a.tsv", "prompt\tkind\na fox, red\tsafe\na nude woman\tunsafe\n"),
        (
            "a.jsonl",
            '{"prompt": "a fox, red", "kind": "safe"}\n{"prompt": "a nude woman", "kind": "unsafe"}\n',
        ),
    ],
)
def test_tables_are_read_by_column(tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")

    rows = read_set(tmp_path / name, prompt_column="prompt", label_column="kind")

    assert rows == [
        Row(prompt="a fox, red", label="safe"),
        Row(prompt="a nude woman", label="unsafe"),
    ]


def test_any_other_file_is_one_prompt_a_line(tmp_path):
    (tmp_path / "a.txt").write_text("a fox\n\n a hare \n", encoding="utf-8")

    rows = read_set(tmp_path / "a.txt", prompt_column="prompt", label_column=None)

    assert [row.prompt for row in rows] == ["a fox", "a hare"]


def test_votes_are_cut_into_safe_and_unsafe_and_the_undecided_left_out():
    rows = [Row(prompt=str(share), label=str(share)) for share in (0, 0.2, 0.5, 0.8, 1)]

    assert [row.label for row in cut(rows, unsafe_from=0.8, safe_to=0.2)] == [
        "safe",
        "safe",
        "unsafe",
        "unsafe",
    ]


def test_the_command_reports_counts_per_label_and_never_a_prompt(tmp_path, capsys):
    file = tmp_path / "a.csv"
    file.write_text("text,kind\na fox,safe\na nude woman,unsafe\na hare,unsafe\n", encoding="utf-8")

    code = main(
        [
            "--set",
            str(file),
            "--prompt-column",
            "text",
            "--label-column",
            "kind",
            "--judges",
            "rules",
            "--json",
        ]
    )

    printed = capsys.readouterr().out
    safe, unsafe = json.loads(printed)["tallies"]
    assert code == 0
    assert (safe["label"], safe["blocked"]["count"], safe["rows"]) == ("safe", 0, 1)
    assert (unsafe["blocked"]["count"], unsafe["rows"], unsafe["categories"]) == (
        1,
        2,
        {"sexual": 1},
    )
    assert "fox" not in printed


def test_a_wrong_column_gets_a_sentence(tmp_path, capsys):
    file = tmp_path / "a.csv"
    file.write_text("text\na fox\n", encoding="utf-8")

    assert main(["--set", str(file)]) == 2
    assert "no column 'prompt'; there are: text" in capsys.readouterr().err


def test_a_missing_file_gets_a_sentence(tmp_path, capsys):
    assert main(["--set", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err

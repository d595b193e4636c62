"""The shell as a person or a script uses it: real processes, real exit codes."""

import json
import os
import socket
import sqlite3
import subprocess
import sys

import pytest
from PIL import Image

pytestmark = pytest.mark.local_models
TIMEOUT_S = 90


@pytest.fixture
def shell(tmp_path):
    config = tmp_path / "impasto.toml"
    config.write_text(
        '[[moderators]]\nname = "rules"\nkind = "rules"\n'
        '[[moderators]]\nname = "image"\nkind = "image"\n'
    )
    environment = {
        "PATH": os.environ["PATH"],
        "IMPASTO_CONFIG": str(config),
        "IMPASTO_DATA_DIR": str(tmp_path / "data"),
    }

    def run(*words, stdin="", **more):
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env=environment | more,
            check=False,
        )

    run.environment = environment
    return run


def test_a_prompt_becomes_a_file_and_one_json_object(shell, tmp_path):
    done = shell(
        "imagine", "a lighthouse", "--seed", "7", "--size", "64x64", "--json", "-o", str(tmp_path)
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["state"] == "delivered"
    (image,) = told["images"]
    assert (image["seed"], image["width"], image["height"]) == (7, 64, 64)
    assert os.path.exists(image["path"])
    assert {"job", "model", "cost_microusd", "seconds", "reason"} <= told.keys()


def test_a_template_is_filled_in_with_the_values_the_shell_kept_together(shell, tmp_path):
    words = ("template:hero", "product=wireless earbuds", "mood=cool")
    done = shell("imagine", *words, "--json", "-o", str(tmp_path))

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "wireless earbuds" in told["prompt"]
    assert "cool" in told["prompt"]


def test_the_same_words_and_seed_give_the_same_bytes_on_two_fresh_machines(shell, tmp_path):
    hashes = []
    for name in ("one", "two"):
        done = shell(
            *("imagine", "a lighthouse", "--seed", "7", "--size", "96x64", "--json"),
            *("-o", str(tmp_path / name), "--data-dir", str(tmp_path / f"data-{name}")),
        )
        hashes.append(json.loads(done.stdout)["images"][0]["sha256"])

    assert hashes[0] == hashes[1]


def test_many_prompts_come_from_a_file_in_order_and_flags_count_for_all(shell, tmp_path):
    lines = "a fox\n\na hen --n 2\na cow\n"
    done = shell(
        "imagine", "--from", "-", "--size", "64x64", "--json", "-o", str(tmp_path), stdin=lines
    )

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["prompt"] for one in told] == ["a fox", "a hen", "a cow"]
    assert [len(one["images"]) for one in told] == [1, 2, 1]


def test_a_refused_prompt_exits_with_3_and_names_the_category(shell, tmp_path):
    done = shell("imagine", "a naked child", "--json", "-o", str(tmp_path))

    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert (told["state"], told["category"]) == ("refused", "sexual_minors")
    assert told["images"] == []


def test_a_service_that_is_down_refused_nobody(shell, tmp_path):
    config = tmp_path / "house.toml"
    config.write_text(
        '[[providers]]\nname = "house"\nkind = "a1111"\nbase_url = "http://127.0.0.1:9"\n'
    )

    done = shell("imagine", "a fox", "--json", "-o", str(tmp_path), IMPASTO_CONFIG=str(config))

    assert done.returncode == 1
    assert json.loads(done.stdout)["reason"] == "The image service can't be reached"


def test_the_flags_of_a_prompt_and_the_exit_codes_stand_in_the_help(shell):
    done = shell("imagine", "--help")

    for said in ("--seed", "--ar W:H", "--strength", "3 refused"):
        assert said in done.stdout


def test_standard_output_lists_files_and_standard_error_says_the_rest(shell, tmp_path):
    lines = "a fox --no text\na naked child\n"
    done = shell("imagine", "--from", "-", "--size", "64x64", "-o", str(tmp_path), stdin=lines)

    assert done.returncode == 3
    (line,) = done.stdout.splitlines()
    assert os.path.exists(line.partition("  seed ")[0])
    assert "“a naked child”: This request can't be made here" in done.stderr
    assert "Nothing was charged." in done.stderr
    assert len(done.stderr.splitlines()) > 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "The prompt is empty"),
        (("x" * 100_000,), "100,000 characters"),
        (("a fox", "--n", "99"), "--n 99: choose 1 to 10"),
        (("a fox", "--ar", "0:5"), "--ar 0:5"),
        (("a fox", "--seed", "banana"), "--seed banana"),
        (("a fox", "--sed", "3"), "did you mean --seed?"),
        (("a fox", "--style", "watercolour"), "Did you mean watercolor?"),
        (("template:heroo", "product=x"), "Did you mean template:hero?"),
        (("template:hero", "prodct=x"), "Did you mean product?"),
        (("--from", "/no/such/file"), "can't be read"),
        (("a fox", "--from", "-"), "“a fox” stands beside --from"),
        (("--from", "-", "--n", "2", "a", "fox"), "“a fox” stands beside --from"),
    ],
)
def test_bad_input_gets_a_sentence_and_exit_code_2(shell, tmp_path, words, sentence):
    done = shell("imagine", *words, "-o", str(tmp_path))

    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_a_newer_version_is_left_alone(shell, tmp_path):
    shell("db", "upgrade")
    with sqlite3.connect(tmp_path / "data" / "impasto.db") as database:
        database.execute("update alembic_version set version_num = '9999'")

    done = shell("imagine", "a fox", "-o", str(tmp_path))

    assert done.returncode == 1
    assert "newer release" in done.stderr


def test_a_port_in_use_is_named_with_the_cure(shell):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = shell("demo", "--port", str(port))

    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert "--port" in done.stderr


def test_a_typo_in_the_settings_is_named(shell, tmp_path):
    config = tmp_path / "wrong.toml"
    config.write_text("slotz = 3\n")

    done = shell("imagine", "a fox", IMPASTO_CONFIG=str(config))

    assert done.returncode == 2
    assert "slotz: is not a setting" in done.stderr


def test_a_second_bot_on_one_database_is_refused_and_the_shell_works_beside_the_first(
    shell, tmp_path
):
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=shell.environment,
    ) as first:
        try:
            for line in first.stderr:
                if str(tmp_path / "data") in line:
                    break
            second = shell("demo", "--port", "0")
            beside = shell("imagine", "a fox", "--size", "64x64", "-o", str(tmp_path))
        finally:
            first.terminate()
            first.wait(timeout=15)

    assert second.returncode == 1
    assert "already running" in second.stderr
    assert beside.returncode == 0, beside.stderr
    assert first.returncode == 0


def test_a_file_of_an_earlier_picture_is_not_written_over(shell, tmp_path):
    kept = tmp_path / "1-1.png"
    kept.write_bytes(b"a lighthouse")

    done = shell(
        "imagine",
        "a cat",
        "--size",
        "64x64",
        "--json",
        "-o",
        str(tmp_path),
        IMPASTO_DATA_DIR=str(tmp_path / "new"),
    )

    (image,) = json.loads(done.stdout)["images"]
    assert kept.read_bytes() == b"a lighthouse"
    assert image["path"].endswith("1-1-2.png")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "Slack over HTTP needs SLACK_SIGNING_SECRET"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "Slack can't be reached at http://127.0.0.1:9/api/"),
    ],
)
def test_a_surface_that_cannot_start_is_said_in_one_sentence(shell, more, sentence):
    done = shell(
        "run",
        "--port",
        "0",
        SLACK_BOT_TOKEN="xoxb-1",
        IMPASTO_SLACK_API_URL="http://127.0.0.1:9/api/",
        **more,
    )

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def picture_file(path, colour=(200, 30, 30), mode="RGB"):
    Image.new(mode, (96, 64), colour).save(path)
    return str(path)


def test_a_picture_named_on_the_command_line_is_where_it_starts(shell, tmp_path):
    image = picture_file(tmp_path / "red.png")
    asked = ("imagine", "a lighthouse", "--seed", "7", "--size", "96x64", "--strength", "0.2")

    done = shell(*asked, "--image", image, "--json", "-o", str(tmp_path / "out"))

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    from_words = json.loads(shell(*asked, "--json", "-o", str(tmp_path / "out")).stdout)
    assert told.keys() == from_words.keys()
    assert told["images"][0].keys() == from_words["images"][0].keys()
    # Held close to it, the picture is still mostly red.
    red, green, _ = (
        Image.open(told["images"][0]["path"]).convert("RGB").resize((1, 1)).getpixel((0, 0))
    )
    assert red > green + 60


def test_a_mask_says_where_the_picture_is_painted_anew(shell, tmp_path):
    image = picture_file(tmp_path / "red.png")
    mask = Image.new("L", (96, 64), 0)
    mask.paste(255, (48, 0, 96, 64))
    mask.save(tmp_path / "mask.png")

    done = shell(
        *("imagine", "a lighthouse", "--image", image, "--mask", str(tmp_path / "mask.png")),
        *("--json", "-o", str(tmp_path / "out")),
    )

    assert done.returncode == 0, done.stderr
    (made,) = json.loads(done.stdout)["images"]
    painted = Image.open(made["path"]).convert("RGB")
    red, green, blue = painted.getpixel((8, 32))
    assert red > 180
    assert max(green, blue) < 60


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--image", "nowhere.png"), "--image nowhere.png can't be read: No such file"),
        (("--mask", "nowhere.png"), "--mask says what to change in --image"),
        (("--image", "{text}"), "--image: That file is not a picture I can read."),
        (("--image", "{large}"), "--image: That file is too large: 32 MB is the most."),
    ],
)
def test_a_file_that_is_no_picture_is_bad_usage_and_nothing_is_asked_for(
    shell, tmp_path, words, sentence
):
    (tmp_path / "text.png").write_text("not a picture")
    with (tmp_path / "large.png").open("wb") as large:
        large.truncate(33 * 1024 * 1024)
    files = {"text": tmp_path / "text.png", "large": tmp_path / "large.png"}

    done = shell("imagine", "a fox", *(word.format(**files) for word in words), "-o", str(tmp_path))

    assert done.returncode == 2
    assert sentence in done.stderr
    assert not list(tmp_path.glob("*-1.png"))

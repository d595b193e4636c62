"""A name that no setting has is refused, wherever it is written, with the one that was meant."""

import pytest

from bot.config import BadSettings, load_settings


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "impasto.toml"

    def load(text: str = "", **environment: str):
        path.write_text(text, encoding="utf-8")
        return load_settings({"IMPASTO_CONFIG": str(path), **environment})

    load.path = path
    return load


def test_an_unknown_variable_is_refused_with_the_nearest_name(config):
    with pytest.raises(BadSettings) as refused:
        config(IMPASTO_HTTP_PROT="8090")

    assert str(refused.value) == (
        "IMPASTO_HTTP_PROT in the environment is not a setting. Did you mean IMPASTO_HTTP_PORT?"
    )


def test_a_variable_that_resembles_no_setting_is_somebody_elses(config):
    config(
        IMPASTO_ZZZ="1", IMPASTO_VERSION="1.2", IMPASTO_NAME="/web/impasto", IMPASTO_ENV_PATH="/"
    )


def test_everything_wrong_is_told_at_once(config):
    with pytest.raises(BadSettings) as refused:
        config("htp_port = 1\n", IMPASTO_SLOT="2", IMPASTO_METRICS="everyone")

    told = str(refused.value)
    assert "IMPASTO_SLOT in the environment" in told
    assert "htp_port" in told
    assert "IMPASTO_METRICS: metrics:" in told


def test_what_a_cluster_sets_for_a_service_of_our_name_is_no_setting_of_ours(config):
    config(
        IMPASTO_SERVICE_HOST="10.0.0.1",
        IMPASTO_SERVICE_PORT="8080",
        IMPASTO_SERVICE_PORT_HTTP="8080",
        IMPASTO_PORT="tcp://10.0.0.1:8080",
        IMPASTO_PORT_8080_TCP="tcp://10.0.0.1:8080",
        IMPASTO_PORT_8080_TCP_ADDR="10.0.0.1",
        IMPASTO_WEB_SERVICE_HOST="10.0.0.2",
        IMPASTO_WEB_PORT="tcp://10.0.0.2:8080",
    )


def test_a_port_written_without_http_is_a_slip_all_the_same(config):
    with pytest.raises(BadSettings, match="IMPASTO_PORT in the environment"):
        config(IMPASTO_PORT="8090")


def test_a_key_s_own_variable_may_begin_as_ours_do(config):
    text = '[[providers]]\nname = "a"\nkind = "openai"\napi_key_env = "IMPASTO_ADMIN_KEY"\n'

    assert config(text, IMPASTO_ADMIN_KEY="k").secret("IMPASTO_ADMIN_KEY") == "k"
    with pytest.raises(BadSettings, match="IMPASTO_ADMIN_KEY"):
        config("", IMPASTO_ADMIN_KEY="k")


def test_a_slip_in_the_file_is_told_with_file_line_and_nearest_name(config):
    with pytest.raises(BadSettings) as refused:
        config('# ours\nadmins = ["slack:T1:U1"]\nhtp_port = 1\n')

    assert str(refused.value) == (
        f"{config.path}, line 3: htp_port: is not a setting. Did you mean http_port?"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[rules]\nimages_per_dya = 3\n",
            "line 2: rules.images_per_dya: is not a setting. Did you mean images_per_day?",
        ),
        ("[rulez]\nimages_per_day = 3\n", "line 1: rulez: is not a setting. Did you mean rules?"),
        (
            '[[providers]]\nname = "a"\nkind = "sketch"\n[providers.options]\nweigth = 1\n'
            '[[providers]]\nname = "b"\nkind = "sketch"\nweigth = 2\n',
            "line 9: providers.1.weigth: is not a setting. Did you mean weight?",
        ),
        ("[rules]\nimages_per_day = -3\n", "line 2: rules.images_per_day: "),
        ("rules.images_per_dya = 3\n", "line 1: rules.images_per_dya: is not a setting."),
    ],
)
def test_a_slip_inside_a_table_is_found_where_it_stands(config, text, told):
    with pytest.raises(BadSettings) as refused:
        config(text)

    assert f"{config.path}, {told}" in str(refused.value)


def test_a_value_is_blamed_on_where_it_came_from(config):
    with pytest.raises(BadSettings, match=r"^IMPASTO_HTTP_PORT: http_port: "):
        config("http_port = 1\n", IMPASTO_HTTP_PORT="many")


@pytest.mark.parametrize("written", ["providers = 3\n", 'moderators = "rules"\n'])
def test_what_is_no_table_is_refused_in_a_sentence(config, written):
    with pytest.raises(BadSettings, match=written.split()[0]):
        config(written)

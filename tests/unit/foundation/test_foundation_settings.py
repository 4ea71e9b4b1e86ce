"""Settings: what the environment may say, and the sentence for whatever it may not."""

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from lms.foundation.settings import Settings, SettingsError, load_settings

KEY = "0123456789abcdef0123456789abcdef"
PRODUCTION = {
    "LMS_ENV": "production",
    "LMS_SECRET_KEY": KEY,
    "LMS_BASE_URL": "https://learn.example.org",
    "LMS_SMTP_HOST": "mail.example.org",
}


def faults_of(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment)
    return str(caught.value).split("\n")


# What is accepted


def test_an_empty_environment_is_a_development_machine() -> None:
    settings = load_settings({"PATH": "/bin", "LMSX": "1", "LMS": "2"})
    assert not settings.is_production
    assert settings.base_url == "http://127.0.0.1:8000"
    assert not settings.uses_https
    assert settings.database == f"sqlite:///{Path('instance/rounds.sqlite').resolve()}"


def test_every_field_is_read_from_its_variable(tmp_path: Path) -> None:
    settings = load_settings(
        PRODUCTION
        | {
            "LMS_INSTANCE_PATH": str(tmp_path),
            "LMS_DATABASE_URL": "postgresql://rounds:secret@db.example.org/rounds",
            "LMS_TRUSTED_PROXIES": "2",
            "LMS_MAIL_FROM": "Rounds <rounds@example.org>",
            "LMS_SMTP_PORT": "465",
            "LMS_SMTP_SECURITY": "tls",
            "LMS_SMTP_USER": "rounds",
            "LMS_SMTP_PASSWORD": "geheim",
        }
    )
    assert settings == Settings(
        env="production",
        instance_path=tmp_path,
        database_url="postgresql+psycopg://rounds:secret@db.example.org/rounds",
        secret_key=KEY,
        base_url="https://learn.example.org",
        trusted_proxies=2,
        mail_from="Rounds <rounds@example.org>",
        smtp_host="mail.example.org",
        smtp_port=465,
        smtp_security="tls",
        smtp_user="rounds",
        smtp_password="geheim",
    )
    assert settings.is_production
    assert settings.uses_https


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert load_settings({"LMS_SMTP_PORT": "", "LMS_ENV": ""}) == Settings()


@pytest.mark.parametrize("kind", ["postgresql", "postgresql+psycopg", "postgresql+asyncpg"])
def test_postgresql_is_reached_through_our_driver(kind: str) -> None:
    settings = load_settings({"LMS_DATABASE_URL": f"{kind}://ada:p%40ss@db/rounds?sslmode=require"})
    assert settings.database == "postgresql+psycopg://ada:p%40ss@db/rounds?sslmode=require"


def test_sqlite_is_reached_through_pythons_own_driver() -> None:
    settings = load_settings({"LMS_DATABASE_URL": "sqlite+aiosqlite:////srv/rounds.sqlite"})
    assert settings.database == "sqlite:////srv/rounds.sqlite"


@pytest.mark.parametrize("name", ["plain", "with space", "50%25", "a?b=c", "a#b", "ü:@"])
def test_the_instance_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    settings = load_settings({"LMS_INSTANCE_PATH": str(tmp_path / name)})
    assert make_url(settings.database).database == str(tmp_path / name / "rounds.sqlite")


def test_the_base_address_ends_without_a_slash() -> None:
    settings = load_settings({"LMS_BASE_URL": "https://learn.example.org/"})
    assert settings.base_url == "https://learn.example.org"


# What is refused


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("LMS_ENV", "prod", "it should be 'development' or 'production'"),
        ("LMS_DATABASE_URL", "rounds.sqlite", "it is not a database address"),
        ("LMS_DATABASE_URL", "mysql://db/rounds", "use a sqlite:// or a postgresql:// address"),
        ("LMS_DATABASE_URL", "postgresql://db:port/rounds", "it is not a database address"),
        ("LMS_DATABASE_URL", "sqlite://", "it must name a file"),
        ("LMS_DATABASE_URL", "sqlite:///:memory:", "it must name a file"),
        ("LMS_SECRET_KEY", KEY[:31], "it must be 32 characters or longer"),
        ("LMS_BASE_URL", "learn.example.org", "it must be an address such as https://"),
        ("LMS_BASE_URL", "ftp://learn.example.org", "it must be an address such as https://"),
        ("LMS_BASE_URL", "https://", "it must be an address such as https://"),
        ("LMS_BASE_URL", "https://[", "it must be an address such as https://"),
        ("LMS_BASE_URL", "https://learn:port", "it must be an address such as https://"),
        (
            "LMS_BASE_URL",
            "https://learn.example.org/?a=b",
            "it must be an address such as https://",
        ),
        ("LMS_BASE_URL", "https://learn.example.org/#a", "it must be an address such as https://"),
        ("LMS_TRUSTED_PROXIES", "-1", "it should be greater than or equal to 0"),
        ("LMS_TRUSTED_PROXIES", "6", "it should be less than or equal to 5"),
        ("LMS_TRUSTED_PROXIES", "one", "it should be a valid integer"),
        ("LMS_MAIL_FROM", "Rounds", "it must be an address such as"),
        ("LMS_MAIL_FROM", "a@example.org\nBcc: b@example.org", "it must be an address such as"),
        ("LMS_SMTP_PORT", "0", "it should be greater than or equal to 1"),
        ("LMS_SMTP_PORT", "65536", "it should be less than or equal to 65535"),
        ("LMS_SMTP_SECURITY", "ssl", "it should be 'starttls', 'tls' or 'none'"),
    ],
)
def test_a_wrong_value_is_a_sentence_that_names_its_variable(
    variable: str, value: str, reason: str
) -> None:
    (fault,) = faults_of({variable: value})
    assert fault.startswith(f"{variable}: {reason}")


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("LMS_DATABSE_URL", "did you mean `LMS_DATABASE_URL`?"),
        ("LMS_PORT", "did you mean `LMS_SMTP_PORT`?"),
        ("LMS_smtp_host", "`LMS_SMTP_HOST`"),
        ("LMS_", "`LMS_ENV`"),
    ],
)
def test_an_unknown_name_gets_a_suggestion(variable: str, said: str) -> None:
    (fault,) = faults_of({variable: "1"})
    assert fault.startswith(f"{variable} is not a setting: ")
    assert said in fault


def test_all_faults_are_reported_together() -> None:
    faults = faults_of({"LMS_PORT": "1", "LMS_ENV": "prod", "LMS_SMTP_PORT": "x"})
    assert [fault.split(":")[0].split()[0] for fault in faults] == [
        "LMS_PORT",
        "LMS_ENV",
        "LMS_SMTP_PORT",
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LMS_SECRET_KEY", "geheim"),
        ("LMS_DATABASE_URL", "mysql://ada:geheim@db/rounds"),
        ("LMS_DATABASE_URL", "postgresql://ada:a@b:geheim@db/rounds"),
        ("LMS_DATABASE_URL", "ada:geheim"),
    ],
)
def test_no_fault_repeats_a_secret(variable: str, value: str) -> None:
    assert "geheim" not in "".join(faults_of({variable: value}))


# Production


def test_production_with_what_it_needs_starts() -> None:
    assert load_settings(PRODUCTION).is_production


@pytest.mark.parametrize("variable", ["LMS_SECRET_KEY", "LMS_BASE_URL", "LMS_SMTP_HOST"])
@pytest.mark.parametrize("emptied", [True, False])
def test_production_names_what_it_lacks(variable: str, emptied: bool) -> None:
    environment = PRODUCTION | {variable: ""}
    if not emptied:
        del environment[variable]
    (fault,) = faults_of(environment)
    assert fault.startswith("LMS_ENV: production needs")
    named = {word.strip(",:") for word in fault.split() if word.startswith("LMS_")}
    assert named == {"LMS_ENV", variable}


def test_production_names_all_that_it_lacks_at_once() -> None:
    (fault,) = faults_of({"LMS_ENV": "production"})
    for variable in ("LMS_SECRET_KEY", "LMS_BASE_URL", "LMS_SMTP_HOST"):
        assert variable in fault


@pytest.mark.parametrize("host", ["learn.example.org", "192.0.2.7:8000", "localhost.example.org"])
def test_production_refuses_to_send_cookies_in_the_clear(host: str) -> None:
    (fault,) = faults_of(PRODUCTION | {"LMS_BASE_URL": f"http://{host}"})
    assert fault.startswith("LMS_ENV: production needs an https:// address in LMS_BASE_URL")
    assert load_settings(PRODUCTION | {"LMS_BASE_URL": f"https://{host}"}).uses_https


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000"])
def test_production_may_be_tried_on_the_machine_itself(host: str) -> None:
    settings = load_settings(PRODUCTION | {"LMS_BASE_URL": f"http://{host}"})
    assert settings.is_production
    assert not settings.uses_https


def test_a_development_site_may_be_reached_over_http() -> None:
    assert not load_settings({"LMS_BASE_URL": "http://rounds.internal"}).uses_https


def test_production_refuses_a_password_for_demo_people() -> None:
    (fault,) = faults_of(PRODUCTION | {"LMS_DEMO_PASSWORD": "a long enough one"})
    assert "unset LMS_DEMO_PASSWORD" in fault
    assert "a long enough one" not in fault


# The development key


def test_the_development_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(instance_path=tmp_path / "new" / "instance")
    key = settings.cookie_key()
    file = tmp_path / "new" / "instance" / "secret-key"
    assert len(key) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Settings(instance_path=settings.instance_path).cookie_key() == key
    assert file.read_text(encoding="ascii") == key
    assert [path.name for path in file.parent.iterdir()] == ["secret-key"]


def test_processes_that_start_together_read_the_same_whole_key(tmp_path: Path) -> None:
    for number in range(20):
        settings = Settings(instance_path=tmp_path / str(number))
        line_up = threading.Barrier(8)
        keys: list[str] = []

        def ask(
            settings: Settings = settings,
            line_up: threading.Barrier = line_up,
            keys: list[str] = keys,
        ) -> None:
            line_up.wait()
            keys.append(settings.cookie_key())

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(keys) == 8
        assert len(set(keys)) == 1
        assert len(keys[0]) == 64


def test_a_given_key_is_kept_out_of_files(tmp_path: Path) -> None:
    settings = Settings(instance_path=tmp_path / "instance", secret_key=KEY)
    assert settings.cookie_key() == KEY
    assert not settings.instance_path.exists()

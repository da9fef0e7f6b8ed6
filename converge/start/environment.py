"""The settings a trial on this machine runs with; secrets are drawn once into var/env.

Whatever the caller's environment holds besides these is passed on unchanged.
"""

import base64
import os
import secrets
from pathlib import Path

from converge.start.problems import StartProblem


def chosen_ports() -> tuple[int, int]:
    """The product's and the simulator's."""
    port = os.environ.get("PORT") or "8000"
    simulator_port = os.environ.get("SIMULATOR_PORT") or "8001"
    if not (port.isdigit() and simulator_port.isdigit()):
        raise StartProblem(
            f"PORT and SIMULATOR_PORT are numbers, not {port!r} and {simulator_port!r}."
        )
    return int(port), int(simulator_port)


def run_environment(folder: Path, port: int, simulator_port: int) -> dict[str, str]:
    simulator = f"http://127.0.0.1:{simulator_port}"
    return {
        **_common(folder),
        "STATIC_ROOT": str(folder / "static"),
        "PORT": str(port),
        "SIMULATOR_PORT": str(simulator_port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "GRAPH_URL": simulator,
        "INSTAGRAM_GRAPH_URL": simulator,
        "FACEBOOK_DIALOG_URL": simulator,
        "FACEBOOK_SDK_URL": f"{simulator}/en_US/sdk.js",
        "INSTAGRAM_AUTH_URL": simulator,
        "INSTAGRAM_TOKEN_URL": simulator,
        **read_secrets(folder / "env"),
    }


def test_environment(folder: Path) -> dict[str, str]:
    """Tests that start the product overwrite ports and addresses with their own."""
    return {
        **_common(folder),
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "GRAPH_URL": "http://127.0.0.1:8001",
        "INSTAGRAM_GRAPH_URL": "http://127.0.0.1:8001",
        "DJANGO_SETTINGS_MODULE": "converge.settings",
        **draw_secrets(),
    }


def _common(folder: Path) -> dict[str, str]:
    return {
        "DEMO": "1",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "GRAPH_VERSION": "v23.0",
        "RECOVERY_SELF_SERVICE": "1",
        "META_CONFIG_ID": "simulated-configuration",
        "META_APP_ID": "simulated-app",
        "META_APP_SECRET": "simulated-secret",
        "OUTGOING_PRIVATE_HOSTS": "1",
        "WORKERS": os.environ.get("WORKERS", "2"),
        "MEDIA_ROOT": str(folder / "media"),
        "PYTHONUNBUFFERED": "1",
    }


def read_secrets(path: Path) -> dict[str, str]:
    """The secrets of this checkout; lost ones would make stored tokens unreadable."""
    if not path.exists():
        _write_once(path, draw_secrets())
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def draw_secrets() -> dict[str, str]:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ENCRYPTION_KEYS": f"k1:{key}",
        "META_VERIFY_TOKEN": secrets.token_urlsafe(16),
    }


def _write_once(path: Path, values: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(
        "".join(f"{name}={value}\n" for name, value in values.items())
    )
    unfinished.rename(path)

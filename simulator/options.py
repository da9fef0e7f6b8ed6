"""How the simulator was started: every option by flag or by environment variable."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    port: int = 8001
    host: str = "127.0.0.1"
    product: str = "http://127.0.0.1:8000"
    app_id: str = "simulated-app"
    app_secret: str = "simulated-secret"  # noqa: S105 - a stand-in, documented
    verify_token: str = "simulated-verify-token"  # noqa: S105
    instagram_app_id: str = ""
    instagram_app_secret: str = ""
    data: Path | None = None
    seed: int = 1
    quiet: bool = False

    @property
    def base_url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{host}:{self.port}"

    def secret_for(self, channel: str) -> str:
        if channel == "instagram" and self.instagram_app_secret:
            return self.instagram_app_secret
        return self.app_secret

    def app_ids(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.app_id, self.instagram_app_id)))


# flag, environment variable, type
FLAGS = (
    ("port", "SIMULATOR_PORT", int),
    ("host", "SIMULATOR_HOST", str),
    ("product", "PUBLIC_URL", str),
    ("app-id", "META_APP_ID", str),
    ("app-secret", "META_APP_SECRET", str),
    ("verify-token", "META_VERIFY_TOKEN", str),
    ("instagram-app-id", "INSTAGRAM_APP_ID", str),
    ("instagram-app-secret", "INSTAGRAM_APP_SECRET", str),
    ("data", "SIMULATOR_DATA", Path),
    ("seed", "SIMULATOR_SEED", int),
)


def read_options(argv: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Meta's Graph API, signed webhooks and a customer's phone.",
    )
    for flag, variable, kind in FLAGS:
        default = os.environ.get(variable) or getattr(Options, flag.replace("-", "_"))
        parser.add_argument(
            f"--{flag}", type=kind, default=default, help=f"or {variable}"
        )
    parser.add_argument(
        "--quiet", action="store_true", default=bool(os.environ.get("SIMULATOR_QUIET"))
    )
    given = vars(parser.parse_args(argv))
    given["product"] = given["product"].rstrip("/")
    return Options(**given)

"""The demonstration under one supervisor: database, broker, web server, worker and beat. Ctrl-C or SIGTERM stops them all."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from ops import embedded
from ops.messages import compile_messages
from ops.supervising import Household, start_program

PEOPLE = (
    ("经办人（移送方）", "xuecheng-housing-construction-bureau-clerk"),
    ("分管领导（移送方）", "xuecheng-housing-construction-bureau-leader-in-charge"),
    ("经办人（接收方）", "xuecheng-comprehensive-enforcement-bureau-clerk"),
    ("分管领导（接收方）", "xuecheng-comprehensive-enforcement-bureau-leader-in-charge"),
    ("联席会议办公室", "xuecheng-meeting-office-meeting-office"),
    ("召集人（组长）", "xuecheng-meeting-office-convener"),
    ("政府办公室经办人", "xuecheng-government-office-government-clerk"),
    ("政府领导", "xuecheng-government-government-leader"),
    ("督查室", "xuecheng-supervision-office-supervision"),
    ("系统管理员", "xuecheng-government-office-administrator"),
    ("安全管理员", "xuecheng-government-office-security-administrator"),
    ("审计管理员", "xuecheng-government-office-auditor"),
)


# A worker for each queue, so that none waits for another's work. Processes, because only they can be ended from
# outside; threads only for events, whose sending ends every call itself.
WORKERS = {
    "watch": ("-c", "1"),
    "letters": ("-c", "1"),
    "mail": ("-c", "2"),
    "exports": ("-c", "1"),
    "files": ("-c", "1"),
    "events": ("-P", "threads", "-c", "8"),
}


def programs(port: int, base: Path) -> list[tuple[str, list[str], dict[str, str]]]:
    """What runs beside database and broker: its name, its command, and what its environment has besides the common one."""
    python = sys.executable
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--no-control-socket"]
    found = [("web", [python, "-m", "gunicorn", "config.wsgi", "--config", "python:config.web_server", *bind], {"DB_STATEMENT_SECONDS": "60"})]
    for queue, pool in WORKERS.items():
        worker = [python, "-m", "celery", "--quiet", "-A", "config", "worker", "-Q", queue, "-n", f"{queue}@%h", "-l", "warning"]
        found.append((queue, [*worker, *pool, "--without-gossip", "--without-mingle"], {"DB_POOL": "10"}))
    beat = [python, "-m", "celery", "--quiet", "-A", "config", "beat", "-l", "warning", "-s", str(base / "beat"), "--pidfile="]
    return [*found, ("beat", beat, {})]


class Supervisor:
    """Starts everything in order and starts again what died; stops it in the opposite order, the database last and cleanly."""

    def __init__(self) -> None:
        self.base = embedded.state_dir()
        self.house = Household()
        self.stopping = False

    def stop_soon(self, _signum: int, _frame: object) -> None:
        self.stopping = True

    def secret(self, name: str) -> str:
        path = self.base / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(40 if name != "demo.password" else 9))
        return path.read_text().strip()

    def environment(self) -> dict[str, str]:
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.development", "PYTHONUNBUFFERED": "1"}
        env.setdefault("SECRET_KEY", self.secret("secret.key"))
        env.setdefault("AUDIT_KEY", self.secret("audit.key"))
        env.setdefault("AUDIT_ANCHOR_KEY", self.secret("anchor.key"))
        env.setdefault("AUDIT_ANCHOR_DIR", str(self.base / "anchors"))
        env.setdefault("MEDIA_ROOT", str(self.base / "media"))
        env.setdefault("HEALTH_TOKEN", self.secret("health.token"))
        env.setdefault("LOG_FORMAT", "plain")
        # Nobody backs a demonstration up.
        env.setdefault("HEALTH_BACKUP_HOURS", "0")
        env["DEMO_PASSWORD"] = self.secret("demo.password")
        if "DATABASE_URL" not in env:
            server = self.house.add("PostgreSQL", lambda port: embedded.start_postgres(self.base, port=port))
            env["OWNER_DATABASE_URL"], env["DATABASE_URL"] = embedded.make_database(server, "yisong", self.base)
        if "REDIS_URL" not in env:
            env["REDIS_URL"] = self.house.add("Redis", lambda port: embedded.start_redis(self.base / "redis", port=port)).url
        return env

    def manage(self, env: dict[str, str], *command: str) -> None:
        done = subprocess.run([sys.executable, "manage.py", *command], cwd=embedded.ROOT, env=env, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"manage.py {command[0]} failed:\n{(done.stdout + done.stderr)[-1500:]}")

    def migrate(self, env: dict[str, str]) -> None:
        """As the owner of the tables; then the application's own role, which everything else runs as, gets its rights."""
        owner = env.pop("OWNER_DATABASE_URL", "")
        as_owner = env | {"DATABASE_URL": owner} if owner else env
        self.manage(as_owner, "migrate", "--no-input", "-v0")
        if owner:
            self.manage(as_owner, "grant_rights", "--to", urlsplit(env["DATABASE_URL"]).username or "")
            self.manage(env, "check_rights")

    def start(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.house.add(name, lambda _port: start_program(name, command, env, self.base / f"{name}.log"))

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self.stop_soon)
        signal.signal(signal.SIGINT, self.stop_soon)
        self.base.mkdir(parents=True, exist_ok=True)
        try:
            return self._run()
        except RuntimeError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            self.house.stop()

    def _run(self) -> int:
        began = time.monotonic()
        env = self.environment()
        port = embedded.free_port(int(os.environ.get("PORT", "8000")))
        address = f"http://127.0.0.1:{port}"
        env["PUBLIC_URL"] = os.environ.get("PUBLIC_URL", address)
        compile_messages()
        if self._already(env):
            env.pop("OWNER_DATABASE_URL", None)
        else:
            print("Preparing the database and the demonstration (a minute the first time)…", flush=True)
            self.migrate(env)
            self.manage(env, "collectstatic", "--no-input", "-v0")
            self.manage(env, "seed_demo")
            (self.base / "prepared").write_text(self._fingerprint())
        if self.stopping:
            return 0
        for name, command, more in programs(port, self.base):
            self.start(name, command, env | more)
        self._wait_for_web(address)
        self._say(address, env["DEMO_PASSWORD"], time.monotonic() - began)
        while not self.stopping:
            for name in self.house.mend():
                print(f"{name} stopped by itself and was started again; see {self.base / (name + '.log')}", flush=True)
            time.sleep(0.3)
        print("\nStopping…", flush=True)
        return 0

    def _fingerprint(self) -> str:
        """What the prepared database was prepared for: the migrations, the profiles and the static files."""
        import hashlib

        digest = hashlib.sha256()
        for pattern in ("*/migrations/*.py", "deadlines/profiles/*.yaml", "static/**/*"):
            for path in sorted(embedded.ROOT.glob(pattern)):
                if path.is_file():
                    digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest() + os.environ.get("DATABASE_URL", "")

    def _already(self, env: dict[str, str]) -> bool:
        stamp = self.base / "prepared"
        return stamp.exists() and stamp.read_text() == self._fingerprint() and Path(embedded.ROOT / "staticfiles").exists()

    def _wait_for_web(self, address: str) -> None:
        from urllib.request import urlopen

        for _ in range(200):
            try:
                with urlopen(f"{address}/health/ready/", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                if self.stopping:
                    return
                time.sleep(0.1)
        raise RuntimeError(f"The web server did not answer; see {self.base / 'web.log'}")

    def _say(self, address: str, password: str, seconds: float) -> None:
        print(f"\n移送 Yisong is ready at {address}  ({seconds:.1f} s)\nPassword of every account below: {password}\n", flush=True)
        for role, username in PEOPLE:
            print(f"  {username:<62} {role}")
        print(f"\nLogs: {self.base}. Ctrl-C stops everything.", flush=True)


if __name__ == "__main__":
    sys.exit(Supervisor().run())

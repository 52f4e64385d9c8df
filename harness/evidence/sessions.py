"""Sessions in PostgreSQL, and who waits for whom."""

from typing import Any

from harness.containers.postgres import SUITE
from harness.evidence.collector import Collector, Finding
from harness.evidence.scene import Scene

_SESSIONS = """
    SELECT pid, application_name, state, wait_event_type, wait_event,
           extract(epoch FROM clock_timestamp() - xact_start) AS transaction_age,
           left(regexp_replace(query, '\\s+', ' ', 'g'), 120) AS query, pg_blocking_pids(pid) AS blockers
    FROM pg_stat_activity
    WHERE datname = $1 AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    ORDER BY pid
"""


def collector(scene: Scene) -> Collector:
    """Return the collector for the sessions on the scenario's database."""

    async def collect() -> Finding:
        connection = await scene.site.stack.postgres.connect()
        try:
            sessions = [dict(row) for row in await connection.fetch(_SESSIONS, scene.site.database)]
        finally:
            connection.terminate()
        told = {session["pid"]: scene.redaction.text(_told(session)) for session in sessions}
        waiting = [
            f"in PostgreSQL {told[s['pid']]} waits for "
            + " and for ".join(told.get(blocker, f"session {blocker}") for blocker in s["blockers"])
            for s in sessions
            if s["blockers"]
        ]
        return Finding([*waiting, *told.values()] or ["(no session)"], waiting)

    return Collector("Sessions and locks in PostgreSQL", "sessions.txt", collect)


def _told(session: dict[str, Any]) -> str:
    whose = "the suite's own" if session["application_name"] == SUITE else "the service's"
    age, waits = session["transaction_age"], session["wait_event_type"]
    state = session["state"] if age is None else f"{session['state']} since {age:.1f} s"
    wait = "" if waits in (None, "Client") else f", waiting for {waits}/{session['wait_event']}"
    return f"session {session['pid']} ({whose}, {state}{wait}: {session['query']})"

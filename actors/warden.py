"""The warden, who sees to it that the service's process may do no more than it needs to (S1)."""

from harness.journal import Journal
from harness.sites import Site

ROOT = {"0", "root"}
WRITE = ["/bin/sh", "-c", "echo something > /somewhere && echo something > ./somewhere"]


class Warden:
    """Looks at the running container from the engine's side."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site, self._journal = site, journal

    async def finds_no_process_of_root(self) -> None:
        """Raise AssertionError if a process in the service's container belongs to root."""
        seen = await self._site.service.engine(lambda container: container.top())
        titles, processes = seen["Titles"], seen["Processes"]
        users = {process[titles.index("UID" if "UID" in titles else "USER")] for process in processes}
        self._journal.look("warden", "looked at the processes", users=sorted(users))
        assert users and not users & ROOT, f"the processes of the service belong to {', '.join(sorted(users))}"

    async def finds_its_file_system_closed(self) -> None:
        """Raise AssertionError unless the engine has made the container's file system read-only, and it is so."""
        seen = await self._site.service.inspect()
        assert seen["HostConfig"]["ReadonlyRootfs"], (
            f"the service {self._site.stack.target.name} is not run on a read-only file system: see [service] read_only"
        )
        answer = await self._site.service.engine(lambda container: container.exec_run(WRITE))
        assert answer.exit_code != 0, "something could be written into the container's file system"

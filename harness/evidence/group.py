"""The consumer group: its members, and its committed offsets against the ends."""

from harness.evidence.collector import Collector, Finding
from harness.evidence.scene import Scene


def collector(scene: Scene) -> Collector:
    """Return the collector for the group of the service."""

    async def collect() -> Finding:
        stack = scene.site.stack
        state = await stack.broker.group_state(stack.wiring.group)
        committed = await stack.broker.all_committed(stack.wiring.group)
        ends = await stack.broker.ends(sorted({topic for topic, _ in committed}) or stack.wiring.topics)
        lines = [f"group {stack.wiring.group}: {state.name}, members: {len(state.members)}"]
        lines += [f"    {member}" for member in state.members]
        behind = []
        for (topic, partition), end in sorted(ends.items()):
            offset = committed.get((topic, partition))
            lag = end - (offset or 0)
            line = f"{topic}, partition {partition}: committed {'nothing' if offset is None else offset} of {end}"
            lines.append(f"{line}, {lag} behind" if lag and (offset is not None or end) else line)
            if offset is not None and lag:
                behind.append(lines[-1])
        alone = [] if state.members else [f"the consumer group has no members ({state.name})"]
        return Finding(lines, [*alone, *behind])

    return Collector("Consumer group and offsets", "group.txt", collect)

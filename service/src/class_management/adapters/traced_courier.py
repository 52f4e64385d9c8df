"""Each event that is published is a span, in the trace of the change that it tells of."""

import time
from collections.abc import Sequence

from class_management.application.outbox import Courier, Delivery, Outgoing
from class_management.tracing import Kind, Tracing


class TracedCourier:
    """The port `Courier`, around another one."""

    def __init__(self, courier: Courier, tracing: Tracing):
        self._courier, self._tracing = courier, tracing

    async def deliver(self, events: Sequence[Outgoing]) -> Delivery:
        """Publish events, and tell of those of which it is known what became of them."""
        begun = time.monotonic()
        delivery = await self._courier.deliver(events)
        seconds = time.monotonic() - begun
        for event in events:
            refused = delivery.refused.get(event.id)
            if refused is not None or event.id in delivery.published:
                self._tracing.record(
                    f"publish {event.topic}",
                    Kind.PUBLICATION,
                    parent=event.traceparent,
                    seconds=seconds,
                    attributes={
                        "messaging.system": "kafka",
                        "messaging.operation.type": "send",
                        "messaging.destination.name": event.topic,
                        "event_id": str(event.id),
                    },
                    failure=refused,
                )
        return delivery

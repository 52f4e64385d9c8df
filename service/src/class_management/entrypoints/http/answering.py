"""When a request is answered."""

from litestar.types import ASGIApp, Message, Receive, Scope, Send


def answering_last(app: ASGIApp) -> ASGIApp:
    """Answer once all that was made for a request is closed: a client that does not read keeps no connection (D7)."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        answers: list[Message] = []

        async def keep(message: Message) -> None:
            answers.append(message)

        await app(scope, receive, keep)
        for message in answers:
            await send(message)

    return answer

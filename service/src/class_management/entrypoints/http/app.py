"""The HTTP application: routes, errors, description."""

from dishka import AsyncContainer
from dishka.integrations.litestar import setup_dishka
from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components
from litestar.types import ASGIApp

from class_management import __version__
from class_management.entrypoints.http import batches, classes, internal, operations, students
from class_management.entrypoints.http.bodies import LARGEST_BODY, JsonRequest
from class_management.entrypoints.http.correlation import with_correlation
from class_management.entrypoints.http.errors import HANDLERS
from class_management.entrypoints.http.spans import with_spans


def create_app(container: AsyncContainer) -> ASGIApp:
    """Make the application; its description is served at `/schema/openapi.json` (H10)."""
    app = Litestar(
        [classes.router(), students.router(), batches.router(), internal.router(), operations.router()],
        exception_handlers=HANDLERS,
        openapi_config=OpenAPIConfig(
            title="Class Management Service",
            version=__version__,
            path="/schema",
            components=Components(security_schemes=dict(internal.SECURITY_SCHEMES)),
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        request_class=JsonRequest,
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
    )
    setup_dishka(container, app)
    return with_correlation(with_spans(app, container))

"""Routes for operators: how the service is, and what it has counted."""

from dishka import FromDishka
from dishka.integrations.litestar import DishkaRouter
from litestar import MediaType, Response, get
from litestar.openapi import ResponseSpec

from class_management import SERVICE_NAME, __version__
from class_management.application.health import CheckHealth
from class_management.entrypoints.http.wire import Checks, DependencyHealth, Health, Live
from class_management.metrics import Metrics
from class_management.settings import Settings

UNHEALTHY = {503: ResponseSpec(Health, description="The service cannot do its work; the body says which part")}


@get("/healthz", responses=UNHEALTHY)
async def healthz(check: FromDishka[CheckHealth], settings: FromDishka[Settings]) -> Response[Health]:
    """Say whether the service can do its work, and which part cannot."""
    health = await check()
    trouble = {name: found for name, found in health._asdict().items() if found is not None}
    status = "unhealthy" if not health.usable else "degraded" if trouble else "healthy"
    ill = {"database": "unhealthy", "kafka": "unhealthy", "redis": "degraded", "outbox": "degraded"}
    body = Health(
        service=SERVICE_NAME,
        status=status,
        message="; ".join(f"{name}: {found}" for name, found in trouble.items()) or "all parts work",
        version=__version__,
        checks=Checks(service_responsive=True, dependencies_available=health.usable),
        dependencies={
            name: DependencyHealth(ill[name] if found is not None else "healthy", found or "")
            for name, found in health._asdict().items()
        },
        environment=settings.environment,
    )
    return Response(body, status_code=200 if health.usable else 503)


@get("/livez")
async def livez() -> Live:
    """Say that the process is alive, whatever it depends on."""
    return Live("alive")


@get("/metrics", media_type=MediaType.TEXT)
async def metrics(counted: FromDishka[Metrics]) -> Response[bytes]:
    """Show what has been counted, as Prometheus text."""
    return Response(counted.render(), media_type="text/plain; version=0.0.4; charset=utf-8")


def router() -> DishkaRouter:
    """All routes for operators."""
    return DishkaRouter("/", route_handlers=[healthz, livez, metrics], tags=["operations"])

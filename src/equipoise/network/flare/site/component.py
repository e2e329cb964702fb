"""The site's component in FLARE's client process. Listed by path in the site's own `local/resources.json`; no job brings it."""

from __future__ import annotations

from nvflare.apis.event_type import EventType
from nvflare.apis.fl_component import FLComponent
from nvflare.apis.fl_context import FLContext
from nvflare.apis.shareable import Shareable

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.carrying import unwrapped, wrapped
from equipoise.network.flare.homes import SiteHome
from equipoise.network.flare.parcel import TOPIC, Request, Response
from equipoise.network.flare.site.desk import Desk
from equipoise.network.flare.site.opening import open_service
from equipoise.network.flare.stamp import Verifier


class SiteDesk(FLComponent):  # type: ignore[misc] # FLARE has no types
    """Opens the site's desk before the client joins its hub, and hands it the parcels of one topic."""

    def __init__(self) -> None:
        super().__init__()
        self._desk: Desk | None = None

    def handle_event(self, event_type: str, fl_ctx: FLContext) -> None:
        """FLARE tells every component what happens."""
        if event_type == EventType.SYSTEM_BOOTSTRAP:
            home = SiteHome.of_this_process()
            service = open_service(home)
            self._desk = Desk(service.name, Verifier(home.root_certificate(), home.hub_name()), service.answer)
            fl_ctx.get_engine().register_aux_message_handler(TOPIC, self._handle)
        elif event_type == EventType.AFTER_CLIENT_REGISTER:
            SiteHome.of_this_process().say_running()

    def _handle(self, topic: str, request: Shareable, fl_ctx: FLContext) -> Shareable:  # noqa: ARG002 - FLARE calls by these names
        if self._desk is None:
            return wrapped(Response("refused", "", why="the site is not ready"))
        try:
            return wrapped(self._desk.handle(unwrapped(request, Request)))
        except EquipoiseError as error:
            return wrapped(Response("refused", "", why=f"{error.code} {error.problems[0].what}"))

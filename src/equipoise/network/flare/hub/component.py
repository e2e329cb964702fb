"""The hub's component in FLARE's server process. Listed by path in the hub's own `local/resources.json`; no job brings it."""

from __future__ import annotations

from threading import Thread
from typing import Any

from nvflare.apis.event_type import EventType
from nvflare.apis.fl_component import FLComponent
from nvflare.apis.fl_context import FLContext

from equipoise.network.flare.carrying import unwrapped_or_none, wrapped
from equipoise.network.flare.homes import HubHome
from equipoise.network.flare.hub.line import open_line
from equipoise.network.flare.hub.post import Post
from equipoise.network.flare.parcel import HOLD, TOPIC, Request, Response
from equipoise.network.flare.stamp import Stamper

ANSWER_WITHIN = HOLD + 8.0
"""Seconds until a request without a response counts as lost."""


class HubPost(FLComponent):  # type: ignore[misc] # FLARE has no types
    """Opens the hub's line when the server has started, and carries requests to sites as FLARE's auxiliary messages."""

    def handle_event(self, event_type: str, fl_ctx: FLContext) -> None:
        """FLARE tells every component what happens."""
        if event_type == EventType.SYSTEM_START:
            engine = fl_ctx.get_engine()
            home = HubHome.of_this_process()
            post = Post(lambda site, request: _send(engine, site, request), Stamper(home.server_startup), lambda: _connected(engine))
            listener = open_line(home.run)
            Thread(target=post.serve, args=(listener,), daemon=True).start()
            home.say_running()


def _connected(engine: Any) -> tuple[str, ...]:
    return tuple(sorted(str(client.name) for client in engine.get_clients()))


def _send(engine: Any, site: str, request: Request) -> Response | None:
    if engine.get_client_from_name(site) is None:
        return None
    with engine.new_context() as context:
        replies = engine.send_aux_request([site], TOPIC, wrapped(request), ANSWER_WITHIN, context, optional=True)
    return unwrapped_or_none((replies or {}).get(site), Response)

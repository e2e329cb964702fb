"""The hub's component in FLARE's server process. Listed by path in the hub's own `local/resources.json`; no job brings it."""

from __future__ import annotations

from dataclasses import dataclass
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
    """Opens the hub's line when the server has started, and carries requests to sites as FLARE's auxiliary messages.

    A client that registers, or tells that it is alive, and is no member of the network any more is turned away.
    """

    def handle_event(self, event_type: str, fl_ctx: FLContext) -> None:
        """FLARE tells every component what happens."""
        engine = fl_ctx.get_engine()
        if event_type == EventType.SYSTEM_START:
            home = HubHome.of_this_process()
            post = Post(lambda site, request: _send(engine, site, request), Stamper(home.server_startup), _Members(engine, home))
            listener = open_line(home.run)
            Thread(target=post.serve, args=(listener,), daemon=True).start()
            home.say_running()
        elif event_type in (EventType.CLIENT_REGISTER_RECEIVED, EventType.CLIENT_HEARTBEAT_RECEIVED):
            _let_in_or_turn_away(engine.server.client_manager, str(fl_ctx.get_peer_context().get_identity_name()))


@dataclass(frozen=True, slots=True)
class _Members:
    engine: Any
    home: HubHome

    def connected(self) -> tuple[str, ...]:
        return tuple(sorted(str(client.name) for client in self.engine.get_clients()))

    def may_be_asked(self, site: str) -> bool:
        return self.home.is_member(site)


def _let_in_or_turn_away(clients: Any, name: str) -> None:
    member = HubHome.of_this_process().is_member(name)
    if member and clients.is_client_disabled(name):
        clients.enable_client(name)
    elif not member and not clients.is_client_disabled(name):
        clients.disable_client(name)


def _send(engine: Any, site: str, request: Request) -> Response | None:
    if engine.get_client_from_name(site) is None:
        return None
    with engine.new_context() as context:
        replies = engine.send_aux_request([site], TOPIC, wrapped(request), ANSWER_WITHIN, context, optional=True)
    return unwrapped_or_none((replies or {}).get(site), Response)

"""An HTTP answer as a value, or as a sentence on what is wrong with it and whose fault it is."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from oelala_desktop.domain.errors import EngineAnswer, EngineError, EngineUnreachable

KEPT_HEADERS = ("content-type", "content-length", "location", "server")
_DOORS = re.compile(
    r"\b(log[-_]?in|sign[-_]?in|auth\w*|oauth2?|sso|saml2?|idp|accounts?|session)\b|/hub/", re.IGNORECASE
)
_SIGN_IN = re.compile(r"type=[\"']?password|\b(sign|log)[ -]?in\b|\blogin\b|single sign-on", re.IGNORECASE)
#: what servers of their own before ComfyUI call their limit
_PROXY_LIMITS = {
    "nginx": "client_max_body_size, 1 MB unless it is set",
    "caddy": "max_size of request_body",
    "apache": "LimitRequestBody",
    "traefik": "maxRequestBodyBytes",
    "cloudflare": "100 MB on its smaller plans",
}
_TLS_WANTED = ("sent to HTTPS port", "to an HTTPS server")  # nginx and Go say so in the body of a 400


def parse(response: httpx.Response, url: str) -> Any:
    """The body as JSON. Python servers may write a bare NaN or half a surrogate pair, which only the slower parser
    takes; no text of it breaks an encoder later. Raises EngineAnswer, or EngineUnreachable when it is a page to sign in
    on."""
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        pass
    try:
        return _encodable(json.loads(response.content))
    except (ValueError, RecursionError) as error:
        text = response.text[:20_000]
        if text.lstrip()[:1] == "<" and _SIGN_IN.search(text):
            raise _sign_in(url) from error
        raise EngineAnswer("The server's answer is not JSON.", detail=text[:500]) from error


def _encodable(value: Any) -> Any:
    """The same with a question mark for each half of a pair, which stands for no letter."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_encodable(one) for one in value]
    if isinstance(value, dict):
        return {_encodable(key): _encodable(one) for key, one in value.items()}
    return value


def bad_status(response: httpx.Response, url: str, what: str = "") -> EngineError:
    """`what` begins the sentence where the status alone would say too little."""
    code = response.status_code
    if code in (401, 403):
        return EngineUnreachable(f"{url} refuses us ({code}): check the token or header.", kind="auth")
    if code in (502, 503, 504):
        message = f"{url} is not ready (status {code}): the server, or a proxy before it, is starting or ill."
        return EngineUnreachable(message, kind="closed")
    if what:
        return EngineAnswer(f"{what} (status {code}).", status=code)
    text = response.text[:2000] if response.is_closed else ""
    if code == 400 and any(words in text for words in _TLS_WANTED):
        return wants_tls(url)
    if 300 <= code < 400:
        led = _led_away(url, response.headers.get("location", ""))
        if led is not None:
            return led
    path = response.request.url.path
    if code in (404, 405) and path.endswith("/system_stats"):
        return EngineUnreachable(f"Something answers at {url}, but it is not ComfyUI.", kind="not_comfyui")
    return EngineAnswer(f"{url} answered {path} with status {code}.", detail=text, status=code)


def _led_away(url: str, location: str) -> EngineError | None:
    """What a redirect says of the one who sends it; None if it says nothing."""
    ours, there = urlsplit(url), urlsplit(location)
    if not location:
        return None
    if ours.scheme == "http" and there.scheme == "https" and there.hostname == ours.hostname:
        return wants_tls(url)
    away = bool(there.hostname) and there.hostname != ours.hostname
    return _sign_in(url) if away or _DOORS.search(there.path) else None


def _sign_in(url: str) -> EngineUnreachable:
    message = f"{url} shows a page to sign in on instead of ComfyUI: give the token or header that lets programs in."
    return EngineUnreachable(message, kind="sign_in")


def wants_tls(url: str) -> EngineUnreachable:
    return EngineUnreachable(f"{url} speaks https, not http; give its address with https://.", kind="wants_tls")


def too_large(response: httpx.Response, url: str, size: int, limit: int | None) -> EngineAnswer:
    """For an upload of `size` bytes that was refused with 413; `limit` is what ComfyUI itself says it takes."""
    said = f"{response.headers.get('server', '')} {response.text[:4000]}".casefold()
    proxy = next((name for name in _PROXY_LIMITS if name in said), None)
    if limit is not None and size > limit:
        whose = f": ComfyUI itself takes {limit / 10**6:.1f} MB (--max-upload-size)"
    elif proxy is not None:
        whose = f": {proxy.capitalize() if proxy != 'nginx' else proxy} refuses it ({_PROXY_LIMITS[proxy]})"
    elif limit is not None:
        whose = f": ComfyUI itself would take {limit / 10**6:.1f} MB"
    else:
        whose = ""
    message = (
        f"The file of {size / 10**6:.1f} MB is too large for {url} (status 413); the limit lies with the server or "
        f"a proxy before it{whose}. Raise it there, or give a smaller one."
    )
    return EngineAnswer(message, detail=response.text[:2000], status=413)

"""Why there was no connection, or no answer: third-party exceptions as a kind and a sentence."""

from __future__ import annotations

import ssl

import httpx
import websockets

_NO_SUCH_NAME = ("Name or service", "getaddrinfo", "nodename", "Temporary failure in name")
_OTHER_NAME = "The certificate of {url} is for another name; use the address that it is made for."
#: what the handshake says of bytes that are none, in the words of several versions of OpenSSL
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")
#: by the codes that OpenSSL has for what is wrong with a certificate
_CERTIFICATE_FAULTS = {
    9: ("tls_date", "The certificate of {url} is not valid yet; check the clocks of both machines."),
    10: ("tls_date", "The certificate of {url} has expired; it has to be renewed there."),
    62: ("tls_name", _OTHER_NAME),
    64: ("tls_name", _OTHER_NAME),
}
NO_SOCKET = (
    "{url} lets no WebSocket through{why}: jobs run and end as ever, but without previews, and their progress comes "
    "late. The proxy before it has to pass WebSockets on."
)


def why_unreachable(error: BaseException) -> tuple[str, str]:
    """(kind as in EngineUnreachable, sentence with {url}) for a failure to connect or to get an answer."""
    text = repr(error)
    trouble = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if trouble is not None or "CERTIFICATE" in text:
        return _secure(trouble)
    if any(words in text for words in _NO_SUCH_NAME):
        return "name", "The name in {url} is not known on this network; check its spelling."
    if isinstance(error, websockets.InvalidStatus):
        code = error.response.status_code
        if code in (401, 403):
            return "auth", f"{{url}} refuses us ({code}): check the token or header."
        if code not in (502, 503, 504):
            return "no_socket", NO_SOCKET.format(url="{url}", why=f" (status {code})")
        return "closed", f"{{url}} answered the socket with status {code}."
    if isinstance(error, websockets.InvalidUpgrade | websockets.InvalidHeader):
        return "no_socket", NO_SOCKET.format(url="{url}", why="")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return "timeout", "{url} does not answer in time."
    if isinstance(error, websockets.ConnectionClosed):
        return "closed", "The connection to {url} was closed."
    if isinstance(
        error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | websockets.WebSocketException
    ):
        return "closed", "The connection to {url} broke off."
    return "refused", "Nothing answers at {url}; start ComfyUI there or check the address."


def _causes(error: BaseException) -> list[BaseException]:
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and len(causes) < 8:
        causes.append(cause)
    return causes


def _secure(trouble: ssl.SSLError | None) -> tuple[str, str]:
    if isinstance(trouble, ssl.SSLCertVerificationError) and trouble.verify_code in _CERTIFICATE_FAULTS:
        return _CERTIFICATE_FAULTS[trouble.verify_code]
    if trouble is None or isinstance(trouble, ssl.SSLCertVerificationError):
        return "tls", "{url} has a certificate that this machine does not trust; give its authority's file."
    if trouble.reason in _NO_TLS:
        return "not_tls", "{url} speaks http, not https; give its address with http://."
    reason = (trouble.reason or "the handshake broke off").replace("_", " ").lower()
    return "tls", f"No secure connection to {{url}} can be made: {reason}."

"""Headers with which pages of other sites would ask, and those of our own callers."""

from tests.security.asking import Listening

#: headers after which nothing may be answered but a refusal; PORT stands for ours
REFUSED: list[tuple[int, list[tuple[str, str]]]] = [
    (421, [("Host", "evil.example:PORT")]),
    (421, [("Host", "evil.example")]),
    (421, [("Host", "127.0.0.1")]),
    (421, [("Host", "127.0.0.1:1")]),
    (421, [("Host", "127.0.0.1:PORT.evil.example")]),
    (421, [("Host", "127.0.0.1.evil.example:PORT")]),
    (421, [("Host", "localhost.evil.example:PORT")]),
    (421, [("Host", "evil-localhost:PORT")]),
    (421, [("Host", "localhost.:PORT")]),
    (421, [("Host", "127.0.0.2:PORT")]),
    (421, [("Host", "0.0.0.0:PORT")]),
    (421, [("Host", "2130706433:PORT")]),
    (421, [("Host", "127.1:PORT")]),
    (421, [("Host", "::1:PORT")]),
    (421, [("Host", "user@127.0.0.1:PORT")]),
    (421, [("Host", "")]),
    (421, [("Host", "evil.example:PORT"), ("X-Forwarded-Host", "127.0.0.1:PORT")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "null")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "https://evil.example")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "http://127.0.0.1:1")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "https://127.0.0.1:PORT")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "http://127.0.0.1:PORT.evil.example")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "file://")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Sec-Fetch-Site", "cross-site")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Sec-Fetch-Site", "same-site")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Sec-Fetch-Site", "")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "http://127.0.0.1:PORT"), ("Sec-Fetch-Site", "cross-site")]),
    (403, [("Host", "127.0.0.1:PORT"), ("Origin", "http://127.0.0.1:PORT"), ("Origin", "https://evil.example")]),
    (421, [("Host", "evil.example"), ("Upgrade", "websocket"), ("Connection", "Upgrade")]),
]
ALLOWED: list[list[tuple[str, str]]] = [
    [("Host", "127.0.0.1:PORT")],
    [("Host", "localhost:PORT")],
    [("Host", "[::1]:PORT")],
    [("Host", "127.0.0.1:PORT"), ("Origin", "http://127.0.0.1:PORT"), ("Sec-Fetch-Site", "same-origin")],
    [("Host", "localhost:PORT"), ("Origin", "http://localhost:PORT")],
    [("Host", "127.0.0.1:PORT"), ("Sec-Fetch-Site", "none")],
]


def filled(headers: list[tuple[str, str]], server: Listening) -> list[tuple[str, str]]:
    return [(name, value.replace("PORT", str(server.port))) for name, value in headers]

"""Whose certificate it is: --host and --email."""

from .forge import *

HOSTS = (
    (True, "www.example.com", ["www.example.com"]), (True, "WWW.example.COM", ["www.Example.com"]),
    (False, "example.com", ["www.example.com"]), (False, "a.www.example.com", ["www.example.com"]),
    (True, "www.example.com", ["*.example.com"]), (False, "example.com", ["*.example.com"]),
    (False, "a.b.example.com", ["*.example.com"]), (False, "www.example.com", ["w*.example.com"]),
    (False, "www.example.com", ["*w.example.com"]), (False, "example.com", ["*.com"]),
    (False, "www.example.com", ["*"]), (True, "b.example", ["a.example", "b.example"]),
    (False, "192.0.2.1", ["192.0.2.1"]), (False, "www.example.org", ["www.example.org\0.evil.org"]),
)


def owned(id_, good, extensions, subject="leaf", **flags):
    r = root()
    return Case("owner." + id_, good, leaf(r, subject, extensions), [r], **flags)


def cases():
    for i, (good, host, names) in enumerate(HOSTS):
        yield owned("host.%d" % i, good, (san(*map(dns, names)),), host=host)
    yield owned("host.common_name", False, (), "www.example.com", host="www.example.com")
    yield owned("host.common_name_beside", False, (san(dns("a.example")),), "www.example.com",
                host="www.example.com")
    six = bytes.fromhex("20010db8" + "00" * 11 + "01")
    for id_, good, host, own in (
            ("four", True, "192.0.2.1", ip(192, 0, 2, 1)), ("other", False, "192.0.2.2", ip(192, 0, 2, 1)),
            ("six", True, "2001:db8::1", ip(*six)), ("six_other", False, "2001:db8::2", ip(*six)),
            ("mixed", False, "::c000:201", ip(192, 0, 2, 1))):
        yield owned("ip." + id_, good, (san(own),), host=host)
    for id_, good, email, own in (
            ("same", True, "joe@example.com", mail("joe@example.com")),
            ("host_case", True, "joe@EXAMPLE.com", mail("joe@example.com")),
            ("user_case", False, "Joe@example.com", mail("joe@example.com")),
            ("other", False, "jim@example.com", mail("joe@example.com")),
            ("dns", False, "joe@example.com", dns("example.com"))):
        yield owned("email." + id_, good, (san(own),), email=email)
    yield owned("email.subject", False, (), name((CN, "x"), (EMAIL, "joe@example.com")),
                email="joe@example.com")
    expired = leaf(root(), extensions=(san(dns("a.example")),), end=NOW - 1)
    yield Case("owner.expired", False, expired, [root()], host="a.example")

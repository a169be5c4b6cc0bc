"""Name constraints: of every form, on the leaf, on authorities and on several levels."""

from .forge import *


def under(id_, good, trees, extensions=(), subject="leaf", **kw):
    """A leaf below an authority with the extension `trees`."""
    r = root()
    ca = issued(r, 2, "CA", CA + (trees,))
    return Case("names." + id_, good, leaf(ca, subject, extensions), [r], [ca], **kw)


def texts(form, rows, make):
    for i, (good, permitted, excluded, own) in enumerate(rows):
        trees = constraints([make(p) for p in permitted], [make(e) for e in excluded])
        names = own if isinstance(own, tuple) else (own,)
        yield under("%s.%d" % (form, i), good, trees, (san(*map(make, names)),))


DNS = (
    (True, ["example.com"], [], "example.com"), (True, ["example.com"], [], "www.example.com"),
    (True, ["example.com"], [], "a.b.example.com"), (True, ["EXAMPLE.com"], [], "www.Example.COM"),
    (False, ["example.com"], [], "badexample.com"), (False, ["example.com"], [], "example.org"),
    (False, ["example.com"], [], "com"), (False, ["example.com"], [], "example.com.org"),
    (True, [".example.com"], [], "www.example.com"), (False, [".example.com"], [], "example.com"),
    (False, [".example.com"], [], "badexample.com"), (True, [""], [], "anything.example"),
    (True, ["example.com", "example.org"], [], "www.example.org"),
    (True, ["example.com", "example.org"], [], ("a.example.com", "b.example.org")),
    (False, ["example.com"], [], ("a.example.com", "b.example.org")),
    (False, [], ["example.com"], "example.com"), (False, [], ["example.com"], "www.example.com"),
    (True, [], ["example.com"], "badexample.com"), (True, [], ["www.example.com"], "example.com"),
    (False, [], [""], "anything.example"), (False, [], ["EXAMPLE.COM"], "www.example.com"),
    (True, ["example.com"], ["bad.example.com"], "www.example.com"),
    (False, ["example.com"], ["bad.example.com"], "bad.example.com"),
    (False, ["example.com"], ["bad.example.com"], "x.bad.example.com"),
    (True, ["example.com"], [], "*.example.com"), (False, ["www.example.com"], [], "*.example.com"),
    (False, [], ["example.com"], "*.example.com"), (False, [], ["www.example.com"], "*.example.com"),
    (True, [], ["a.b.example.com"], "*.example.com"),
    (False, [], ["example.com"], "example.com."), (True, ["example.com"], [], "www.example.com."),
    (False, ["example.com"], [], "evil.org\0.example.com"),
)
# What programs read differently: no such name may be decided about.
ODD = (
    ("dns.dot", dns, ["."], [], "evil.org"), ("mail.dot", mail, ["."], [], "joe@evil.org"),
    ("uri.dot", uri, ["."], [], "http://evil.org/"),
    ("dns.blank", dns, [], ["evil.org"], "evil.org "), ("dns.two_dots", dns, [], ["evil.org"], "evil.org.."),
    ("dns.latin1", dns, [], ["xn--bcher-kva.example"], "b\xfccher.example"),
    ("dns.blank_subtree", dns, [], ["evil.org "], "evil.org"),
    ("mail.blank", mail, [], ["evil.org"], "a@evil.org "), ("mail.two_dots", mail, [], ["evil.org"], "a@evil.org.."),
    ("uri.backslash", uri, ["good.com"], [], "http://evil.org\\@good.com/"),
    ("uri.percent", uri, [], ["evil.org"], "http://ev%69l.org/"),
    ("uri.blank", uri, [], ["evil.org"], "http://evil.org /"),
)
MAIL = (
    (True, ["joe@example.com"], [], "joe@example.com"), (True, ["joe@example.com"], [], "joe@EXAMPLE.com"),
    (False, ["joe@example.com"], [], "Joe@example.com"), (False, ["joe@example.com"], [], "jim@example.com"),
    (True, ["example.com"], [], "joe@example.com"), (False, ["example.com"], [], "joe@www.example.com"),
    (False, ["example.com"], [], "joe@badexample.com"), (True, [".example.com"], [], "joe@www.example.com"),
    (False, [".example.com"], [], "joe@example.com"), (False, ["example.com"], [], "example.com"),
    (False, [], ["example.com"], "joe@example.com"), (True, [], ["example.com"], "joe@www.example.com"),
    (False, [], [".example.com"], "joe@www.example.com"), (True, [], [".example.com"], "joe@example.com"),
    (False, [], ["joe@example.com"], "joe@example.com"), (True, [], ["joe@example.com"], "jim@example.com"),
)
URI = (
    (True, ["example.com"], [], "http://example.com/"), (True, ["example.com"], [], "http://example.com"),
    (True, ["example.com"], [], "http://EXAMPLE.com:80/x?y#z"), (False, ["example.com"], [], "http://www.example.com/"),
    (True, [".example.com"], [], "https://www.example.com/"), (False, [".example.com"], [], "https://example.com/"),
    (False, ["example.com"], [], "http://example.org/http://example.com/"),
    (False, ["example.com"], [], "urn:isbn:0451450523"), (False, ["example.com"], [], "example.com"),
    (False, ["example.com"], [], "http:///example.com"), (False, ["192.0.2.1"], [], "http://192.0.2.1/"),
    (False, [], ["example.com"], "http://192.0.2.1/"), (False, ["example.com"], [], "http://[2001:db8::1]/"),
    (True, ["example.com"], [], "http://joe@example.com/"), (False, ["example.com"], [], "http://example.com@evil.org/"),
    (False, [], ["example.com"], "http://example.com/"), (True, [], ["example.com"], "http://example.org/"),
    (False, ["example.com"], [], "http://example.org?example.com"),
)


def addresses():
    net, host = (192, 0, 2, 0, 255, 255, 255, 0), (192, 0, 2, 7)
    six = tuple(bytes.fromhex("20010db8" + "00" * 12 + "ffffffff" + "00" * 12))
    six_host = tuple(bytes.fromhex("20010db8" + "00" * 11 + "01"))
    for i, (good, permitted, excluded, own) in enumerate((
            (True, [net], [], host), (False, [net], [], (192, 0, 3, 7)), (False, [], [net], host),
            (True, [], [net], (192, 0, 3, 7)), (True, [six], [], six_host), (False, [six], [], host),
            (False, [net], [], six_host), (True, [net, six], [], six_host),
            (True, [(0,) * 8], [], host), (False, [], [(0,) * 8], host),
            (True, [], [(0,) * 8], six_host), (False, [net], [], (192, 0, 2)),
            (False, [(192, 0, 2, 0)], [], host), (True, [net], [], None))):
        trees = constraints([ip(*p) for p in permitted], [ip(*e) for e in excluded])
        yield under("ip.%d" % i, good, trees, (san(ip(*own)),) if own else ())


def directories():
    acme = ((C, "US"), (O, "Acme"))
    base, leaf_name = name(*acme), name(*acme, (CN, "x"))
    for i, (good, permitted, excluded, subject) in enumerate((
            (True, [base], [], leaf_name), (False, [base], [], name((C, "US"), (CN, "x"))),
            (True, [base], [], name((C, "US"), (O, "ACME "), (OU, "y"))),
            (True, [base], [], name((C, "US", 0x0c), (O, "acme", 0x13))),
            (False, [base], [], name((O, "Acme"), (C, "US"))), (True, [name()], [], leaf_name),
            (False, [], [name()], leaf_name), (False, [], [base], leaf_name),
            (True, [], [base], name((C, "DE"), (O, "Acme"))),
            (False, [base], [], name((C, "US"), (O, "Acme2"))), (True, [base], [], base),
            (True, [base], [], name()))):
        trees = constraints([directory(p) for p in permitted], [directory(e) for e in excluded])
        yield under("directory.%d" % i, good, trees, (), subject)
    trees = constraints([directory(base)])
    inside, outside = san(directory(leaf_name)), san(directory(cn("x")))
    yield under("directory.san", True, trees, (inside,), leaf_name)
    yield under("directory.san_outside", False, trees, (outside,), leaf_name)


def attributes():
    only = constraints([dns("example.com")])
    without = constraints([], [dns("example.com")])
    for id_, good, trees, own, subject in (
            ("cn_inside", True, only, (), "www.example.com"), ("cn_outside", False, only, (), "www.example.org"),
            ("cn_no_host", True, only, (), "Joe Doe"), ("cn_one_label", True, only, (), "localhost"),
            ("cn_wildcard", False, only, (), "*.example.org"),
            ("cn_star_inside", False, only, (), "w*.example.org"), ("cn_star", False, only, (), "*"),
            ("cn_star_in_the_middle", False, only, (), "www.*.org"),
            ("cn_outside_ascii", False, only, (), "b\u00fccher.example.org"),
            ("excluded_star_inside", False, constraints([], [dns("www.example.com")]),
             (san(dns("w*.example.com")),), "Joe Doe"),
            ("excluded_other_star", True, constraints([], [dns("api.example.com")]),
             (san(dns("w*.example.com")),), "Joe Doe"),
            ("cn_excluded", False, without, (), "www.example.com"),
            ("cn_beside_san", True, only, (san(dns("a.example.com")),), "www.example.org"),
            ("cn_beside_mail", False, only, (san(mail("a@b.c")),), "www.example.org"),
            ("cn_underscore", False, only, (), "a_b.example.org")):
        yield under(id_, good, trees, own, subject)
    mails = constraints([mail("example.com")])
    for id_, good, address in (("inside", True, "joe@example.com"), ("outside", False, "joe@example.org"),
                               ("no_mail", False, "joe")):
        yield under("attribute." + id_, good, mails, (), name((CN, "x"), (EMAIL, address)))
    yield under("attribute.beside_san", False, mails, (san(mail("joe@example.com")),),
                name((EMAIL, "joe@example.org")))


def odd():
    for id_, make, permitted, excluded, own in ODD:
        trees = constraints([make(p) for p in permitted], [make(e) for e in excluded])
        yield under("odd." + id_, False, trees, (san(make(own)),))
    without = constraints([], [dns("evil.org")])
    for id_, text in (("blank", "evil.org "), ("newline", "evil.org\n"), ("two_dots", "evil.org..")):
        yield under("odd.cn." + id_, False, without, (), text)
    yield under("odd.cn.outside_ascii", False, constraints([], [dns("xn--bcher-kva.example")]), (),
                "b\u00fccher.example")
    net, ten = (192, 0, 2, 0, 255, 255, 255, 0), (10, 0, 0, 0, 255, 0, 0, 0)
    for id_, good, trees, text, own in (
            ("outside", False, constraints([ip(*net)]), "10.0.0.1", ()),
            ("inside", True, constraints([ip(*net)]), "192.0.2.9", ()),
            ("excluded", False, constraints([], [ip(*ten)]), "10.0.0.1", ()),
            ("beside_dns", True, constraints([ip(*net)]), "10.0.0.1", (san(dns("a.example")),))):
        yield under("address_cn." + id_, good, trees, own, text)
    for id_, base in (("gap", (192, 0, 2, 0, 255, 0, 255, 0)), ("bit_gap", (192, 0, 2, 0, 255, 253, 0, 0)),
                      ("short", (192, 0, 2, 0)), ("nine", (192, 0, 2, 0, 255, 255, 255, 0, 0))):
        yield under("mask." + id_, False, constraints([ip(*base)]), (san(ip(192, 0, 2, 1)),))


def others():
    tree = constraints([other("1.2.3", b"\x0c\x01x")])
    yield under("other.unsupported", False, tree, (san(other("1.2.3", b"\x0c\x01x")),))
    yield under("other.absent", True, tree, (san(dns("a.example")),))
    def mailbox(text): return other("1.3.6.1.5.5.7.8.9", tlv(0x0c, text.encode()))
    mails = constraints([mail("example.com")])
    for id_, good, trees, own in (
            ("inside", True, mails, mailbox("jos\u00e9@example.com")),
            ("outside", False, mails, mailbox("jos\u00e9@example.org")),
            ("below", False, mails, mailbox("jos\u00e9@www.example.com")),
            ("excluded", False, constraints([], [mail("example.com")]), mailbox("jos\u00e9@example.com")),
            ("not_excluded", True, constraints([], [mail("example.org")]), mailbox("jos\u00e9@example.com")),
            ("box_outside", False, constraints([mail("joe@example.com")]), mailbox("jos\u00e9@example.com")),
            ("box_excluded", True, constraints([], [mail("joe@example.com")]), mailbox("jos\u00e9@example.com")),
            ("no_host", False, mails, mailbox("jos\u00e9")),
            ("host_outside_ascii", False, mails, mailbox("joe@b\u00fccher.example")),
            ("host_outside_ascii_inside", False, constraints([mail("xn--bcher-kva.example")]),
             mailbox("joe@b\u00fccher.example")),
            ("host_outside_ascii_excluded", False, constraints([], [mail("xn--bcher-kva.example")]),
             mailbox("joe@b\u00fccher.example")),
            ("a_label", True, constraints([mail("xn--bcher-kva.example")]),
             mailbox("jos\u00e9@xn--bcher-kva.example")),
            ("wrong_string", False, mails, other("1.3.6.1.5.5.7.8.9", tlv(0x16, b"joe@example.com"))),
            ("unconstrained", True, constraints([dns("example.com")]), mailbox("jos\u00e9@example.org"))):
        yield under("mailbox." + id_, good, trees, (san(own),))
    yield under("rid.unsupported", False, constraints([rid("1.2.3")]), (san(rid("1.2.3")),))
    yield under("rid.unsupported_excluded", False, constraints([], [rid("1.2.3")]), (san(rid("1.2.4")),))
    yield under("rid.absent", True, constraints([rid("1.2.3")]), (san(dns("a.example")),))
    yield under("kinds_apart", True, constraints([dns("example.com")]), (san(mail("joe@example.org")),))
    www = (san(dns("www.example.com")),)
    yield under("minimum", False, constraints([seq(dns("example.com"), integer(1, 0x80))]), www)
    yield under("maximum", False, constraints([seq(dns("example.com"), integer(9, 0x81))]), www)
    yield under("minimum_zero", True, constraints([seq(dns("example.com"), integer(0, 0x80))]), www)
    yield under("not_critical", False, constraints([dns("example.org")], critical=False), www)
    yield under("empty", False, ("2.5.29.30", True, seq()), www)
    yield under("broken", False, ("2.5.29.30", True, b"\x30\x04\xa0\x09"), www)


def levels():
    example, sub = constraints([dns("example.com")]), constraints([dns("sub.example.com")])
    r = root()
    one = issued(r, 2, "One", CA + (example,))
    two = issued(one, 3, "Two", CA + (sub,))
    for host, good in (("a.sub.example.com", True), ("a.example.com", False), ("a.example.org", False)):
        yield Case("names.levels." + host, good, leaf(two, extensions=(san(dns(host)),)), [r], [one, two])
    wide = issued(one, 3, "Two", CA + (constraints([dns("org")]),))
    yield Case("names.levels.apart", False, leaf(wide, extensions=(san(dns("a.example.org")),)), [r],
               [one, wide])
    named = issued(one, 3, "Two", CA + (san(dns("ca.example.org")),))
    yield Case("names.levels.ca_outside", False, leaf(named), [r], [one, named])
    first = issued(r, 2, "One", CA + (example, subject_key(key(2).id)))
    again = rolled(first, 3, "One", (san(dns("ca.example.org")),), serial=4)
    yield Case("names.levels.self_issued", True,
               leaf(again, extensions=(authority_key(key(3).id),)), [r], [first, again])
    top = root(1, "Root", CA + (example,))
    yield Case("names.root", True, leaf(top, extensions=(san(dns("a.example.com")),)), [top])
    yield Case("names.root_outside", False, leaf(top, extensions=(san(dns("a.example.org")),)), [top])
    own = certificate("Self", key(9), None, (san(dns("a.example.org")), example))
    yield Case("names.self_signed_leaf", True, own, [own])
    # The constrained way fails, the other one stands.
    free = issued(r, 2, "One", serial=7)
    end = leaf(one, extensions=(san(dns("a.example.org")),))
    yield Case("names.other_way", True, end, [r], [one, free])
    yield Case("names.other_way_first", True, end, [r], [free, one])


def cases():
    yield from texts("dns", DNS, dns)
    yield from texts("mail", MAIL, mail)
    yield from texts("uri", URI, uri)
    for family in (addresses, directories, attributes, odd, others, levels):
        yield from family()

"""What stands inside a GeneralName, of each form: by itself, under a constraint of its form, and as a
constraint."""

from .forge import *


def text_other(content): return tlv(0xa0, content)
def der_rid(content): return tlv(0x88, content)


MAILBOX = "1.3.6.1.5.5.7.8.9"
# RFC 5280 section 4.2.1.6 has other words for them, but such certificates are about. They are
# carried and match nothing: (name, form, content).
ODD = (
    ("dns_empty", dns, ""), ("dns_blank", dns, " "), ("dns_blank_inside", dns, "www example.com"),
    ("dns_dot", dns, "."), ("dns_two_dots", dns, "www..example.com"), ("dns_leading_dot", dns, ".example.com"),
    ("dns_latin1", dns, "b\xfccher.example.com"), ("dns_slash", dns, "www.example.com/x"),
    ("dns_port", dns, "www.example.com:443"), ("dns_scheme", dns, "http://www.example.com"),
    ("dns_newline", dns, "www.example.com\n"),
    ("mail_empty", mail, ""), ("mail_no_host", mail, "joe"), ("mail_nothing_behind", mail, "joe@"),
    ("mail_named", mail, "Joe <joe@example.com>"), ("mail_blank", mail, "joe@example.com "),
    ("mail_latin1", mail, "joe@b\xfccher.example.com"), ("mail_two", mail, "joe@example.com,x@evil.org,y"),
    ("uri_empty", uri, ""), ("uri_no_scheme", uri, "www.example.com/x"), ("uri_relative", uri, "/x"),
    ("uri_urn", uri, "urn:x:y"), ("uri_blank", uri, "http://example.com/a b"),
    ("uri_latin1", uri, "http://example.com/\xfc"), ("uri_no_host", uri, "http:///x"),
)
# Of this form to every program.
USUAL = (
    ("dns_underscore", dns, "a_b.example.com"), ("dns_root", dns, "www.example.com."),
    ("dns_wildcard", dns, "*.example.com"), ("dns_digits", dns, "127.example.com"),
    ("dns_long", dns, "a" * 300 + ".example.com"),
    ("mail_quoted", mail, '"a@b"@example.com'), ("mail_no_user", mail, "@example.com"),
    ("uri_user", uri, "ftp://joe:x@example.com/"), ("uri_unknown_scheme", uri, "x-y://example.com"),
)
BROKEN = (
    ("dns_nul", dns("www.example.com\0.evil.org")), ("mail_nul", mail("joe@example.com\0.evil.org")),
    ("uri_nul", uri("http://example.com\0.evil.org/")),
    ("dns_constructed", tlv(0xa2, tlv(0x16, b"example.com"))),
    ("ip_none", ip()), ("ip_three", ip(1, 2, 3)), ("ip_eight", ip(*range(8))), ("ip_seventeen", ip(*range(17))),
    ("ip_text", tlv(0x87, b"192.0.2.1")),
    ("directory_none", tlv(0xa4)), ("directory_set", directory(set_of())),
    ("directory_two", tlv(0xa4, name(), name())), ("directory_empty_rdn", directory(seq(set_of()))),
    ("directory_primitive", tlv(0x84, name())),
    ("other_empty", text_other(b"")), ("other_no_value", text_other(oid("1.2.3"))),
    ("other_no_type", text_other(tlv(0xa0, NULL))), ("other_garbage", text_other(b"\x30\x05x")),
    ("other_bad_type", text_other(b"\x06\x01\x80" + tlv(0xa0, NULL))),
    ("other_two_values", text_other(oid("1.2.3") + tlv(0xa0, NULL, NULL))),
    ("other_more", text_other(oid("1.2.3") + tlv(0xa0, NULL) + NULL)),
    ("rid_none", der_rid(b"")), ("rid_unfinished", der_rid(b"\x2a\x80")), ("rid_padded", der_rid(b"\x2a\x80\x01")),
    ("tag_9", tlv(0x89, b"x")), ("tag_universal", tlv(0x16, b"example.com")),
)


def by_itself():
    r = root()
    def case(id_, good, *names):
        return Case("inside.%s" % id_, good, leaf(r, extensions=(san(*names),)), [r])
    for id_, form, content in ODD:
        yield case("odd." + id_, True, form(content))
    for id_, form, content in USUAL:
        yield case("usual." + id_, True, form(content))
    for id_, der in BROKEN:
        yield case("broken." + id_, False, der)
    yield case("usual.directory_empty", True, directory(name()))
    yield case("usual.other_mailbox", True, other(MAILBOX, tlv(0x0c, "jos\u00e9@example.com".encode())))
    # Where nobody looks for a host, either.
    for id_, extension in (("ian", ("2.5.29.18", False, seq(BROKEN[0][1]))), ("points", points(BROKEN[2][1])),
                           ("aia", ("1.3.6.1.5.5.7.1.1", False,
                                    seq(seq(oid("1.3.6.1.5.5.7.48.1"), BROKEN[2][1]))))):
        yield Case("inside.broken.nul_in_" + id_, False, leaf(r, extensions=(extension,)), [r])
    for id_, form, content in ODD:
        if form == dns:
            yield Case("inside.host." + id_, False, leaf(r, extensions=(san(form(content)),)), [r],
                       host="www.example.com")


def constrained():
    r = root()
    permitted = {f: issued(r, 2, "CA", CA + (constraints([f("example.com")]),)) for f in (dns, mail, uri)}
    excluded = {f: issued(r, 2, "CA", CA + (constraints([], [f("evil.org")]),)) for f in (dns, mail, uri)}
    for kind, rows, good in (("odd", ODD, False), ("usual", USUAL, True)):
        for id_, form, content in rows:
            for side, cas in (("permitted", permitted), ("excluded", excluded)):
                yield Case("inside.%s.%s.%s" % (side, kind, id_), good,
                           leaf(cas[form], "Joe Doe", (san(form(content)),)), [r], [cas[form]])


def constraining():
    r = root()
    for id_, good, tree, own in (
            ("dns_blank", False, dns(" "), dns("example.com")), ("dns_star", False, dns("*.example.com"), dns("a.example.com")),
            ("dns_port", False, dns("example.com:443"), dns("example.com")),
            ("dns_underscore", True, dns("a_b.example.com"), dns("www.a_b.example.com")),
            ("mail_blank", False, mail("example.com "), mail("joe@example.com")),
            ("mail_no_user", True, mail("@example.com"), mail("joe@example.com")),
            ("uri_whole", False, uri("http://example.com/"), uri("http://example.com/")),
            ("uri_port", False, uri("example.com:80"), uri("http://example.com:80/")),
            ("dns_nul", False, dns("example.com\0"), dns("example.com")),
            ("dns_nul_unused", False, dns("example.com\0"), mail("joe@example.com")),
            ("dns_blank_unused", True, dns(" "), mail("joe@example.com")),
            ("ip_none", False, ip(), dns("example.com")), ("ip_host", False, ip(192, 0, 2, 1), dns("example.com")),
            ("directory_empty", True, directory(name()), dns("example.com")),
            ("directory_broken", False, tlv(0xa4), dns("example.com")),
            ("other_garbage", False, text_other(b"\x30\x05x"), dns("example.com")),
            ("rid_unfinished", False, der_rid(b"\x2a\x80"), dns("example.com"))):
        ca = issued(r, 2, "CA", CA + (constraints([tree]),))
        yield Case("inside.tree." + id_, good, leaf(ca, "Joe Doe", (san(own),)), [r], [ca])


def cases():
    for family in (by_itself, constrained, constraining):
        yield from family()

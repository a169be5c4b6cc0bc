"""Extensions that cannot be read or occur twice, and public keys that cannot be used."""

from .forge import *

SERVER, CLIENT, ANY_USE = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"

# Those that parley reads: OID and a value that is right.
KNOWN = {
    "aki": ("2.5.29.35", seq(tlv(0x80, b"x"))), "ski": ("2.5.29.14", octets(b"x")),
    "san": ("2.5.29.17", seq(dns("a.example"))), "ian": ("2.5.29.18", seq(dns("a.example"))),
    "constraints": ("2.5.29.30", seq(tlv(0xa0, seq(dns("a.example"))))),
    "points": ("2.5.29.31", seq(seq(tlv(0xa0, tlv(0xa0, uri("http://x.example/")))))),
    "freshest": ("2.5.29.46", seq(seq(tlv(0xa0, tlv(0xa0, uri("http://x.example/")))))),
    "policies": ("2.5.29.32", seq(seq(oid("1.2.3")))),
    "mappings": ("2.5.29.33", seq(seq(oid("1.2.3"), oid("1.2.4")))),
    "policy_constraints": ("2.5.29.36", seq(integer(3, 0x80))),
    "inhibit_any": ("2.5.29.54", integer(3)), "eku": ("2.5.29.37", seq(oid(SERVER))),
    "usage": ("2.5.29.15", named_bits(0, 2)), "basic": ("2.5.29.19", seq()),
    "netscape": ("2.16.840.1.113730.1.1", named_bits(1)),
    "aia": ("1.3.6.1.5.5.7.1.1", seq(seq(oid("1.3.6.1.5.5.7.48.1"), uri("http://x.example/")))),
    "sia": ("1.3.6.1.5.5.7.1.11", seq(seq(oid("1.3.6.1.5.5.7.48.3"), uri("http://x.example/")))),
    "period": ("2.5.29.16", seq(tlv(0x80, b"20200101000000Z"))),
    "attributes": ("2.5.29.9", seq(seq(oid("1.3.6.1.5.5.7.9.4"), set_of(tlv(0x13, b"CH"))))),
    "features": ("1.3.6.1.5.5.7.1.24", seq(integer(5), integer(17))),
}
# Those that must not be critical, or that nobody may be made to understand.
NEVER_CRITICAL = ("ian", "freshest", "aia", "sia", "period", "attributes", "features")
GARBAGE = b"\x30\x05x"


def extensions():
    r = root()
    for id_, (oid_, value) in KNOWN.items():
        def case(what, good, *values, critical=False, **flags):
            own = tuple((oid_, critical, v) for v in values)
            return Case("malformed.%s.%s" % (id_, what), good, leaf(r, extensions=own), [r], **flags)

        yield case("right", True, value)
        yield case("garbage", False, GARBAGE)
        yield case("empty", False, b"")
        yield case("trailing", False, value + NULL)
        yield case("twice", False, value, value)
        if id_ not in NEVER_CRITICAL:
            yield case("critical", False, GARBAGE, critical=True)
        middle = issued(r, 2, "CA", (*(e for e in CA if e[0] != oid_), (oid_, False, GARBAGE)))
        yield Case("malformed.%s.of_ca" % id_, False, leaf(middle), [r], [middle])
        top = root(1, "Root", (*(e for e in CA if e[0] != oid_), (oid_, False, GARBAGE)))
        yield Case("malformed.%s.of_root" % id_, False, leaf(top), [top])
    # What OpenSSL takes for understood, and what parley does, when it is critical.
    known = {**KNOWN, "nocheck": ("1.3.6.1.5.5.7.48.1.5", NULL),
             "addresses": ("1.3.6.1.5.5.7.1.7", seq(seq(octets(b"\0\1"), NULL))),
             "systems": ("1.3.6.1.5.5.7.1.8", seq(tlv(0xa0, NULL))),
             "proxy": ("1.3.6.1.5.5.7.1.14", seq(seq(oid("1.3.6.1.5.5.7.21.1")))),
             "ns_comment": ("2.16.840.1.113730.1.13", tlv(0x16, b"x"))}
    no = ("ian", "freshest", "aia", "sia", "period", "attributes", "features", "nocheck", "addresses",
          "systems", "proxy", "ns_comment")
    for id_, (oid_, value) in known.items():
        if id_ not in ("constraints", "mappings", "policy_constraints", "inhibit_any"):
            yield Case("must.%s" % id_, id_ not in no, leaf(r, extensions=((oid_, True, value),)), [r])
    for id_, value in (("none", named_bits()), ("zeros", b"\x03\x02\x00\x00")):
        yield Case("malformed.usage." + id_, False, leaf(r, extensions=(("2.5.29.15", True, value),)), [r])
        no_use = issued(r, 2, "CA", (basic(), ("2.5.29.15", True, value)))
        yield Case("malformed.usage.%s.of_ca" % id_, False, leaf(no_use), [r], [no_use])
    for id_, good, value in (
            ("edi", True, tlv(0xa5, tlv(0xa1, tlv(0x0c, b"x")))),
            ("edi_both", True, tlv(0xa5, tlv(0xa0, tlv(0x0c, b"y")), tlv(0xa1, tlv(0x0c, b"x")))),
            ("edi_garbage", False, tlv(0xa5, b"\x30\x05x")), ("edi_nobody", False, tlv(0xa5, tlv(0xa0, tlv(0x0c, b"y")))),
            ("x400_garbage", False, tlv(0xa3, b"\x30\x05x")), ("ip_of_five", False, ip(1, 2, 3, 4, 5)),
            ("ip_of_none", False, ip()), ("ip_of_sixteen", True, ip(*range(16)))):
        yield Case("malformed.alt_name." + id_, good, leaf(r, extensions=(san(value),)), [r])
    # asn1/README.md, rules bent
    yield Case("malformed.tolerated.aki_empty", True, leaf(r, extensions=(authority_key(),)), [r])
    yield Case("malformed.tolerated.ski_empty", True, leaf(r, extensions=(subject_key(b""),)), [r])
    unknown = ("1.2.3.4", False, octets(b"x"))
    yield Case("malformed.unknown.right", True, leaf(r, extensions=(unknown,)), [r])
    yield Case("malformed.unknown.garbage", True,
               leaf(r, extensions=(("1.2.3.4", False, GARBAGE),)), [r])
    yield Case("malformed.unknown.twice", False, leaf(r, extensions=(unknown, unknown)), [r])
    bad_name = seq(set_of(seq(oid(CN), tlv(0x0c, b"\xff"))))
    for id_, extension in (
            ("san", san(directory(bad_name))), ("aki", authority_key(None, bad_name, 1)),
            ("points", points(directory(bad_name))), ("rid", san(tlv(0x88, b"\x80"))),
            ("other", san(tlv(0xa0, oid("1.2.3")))),
            ("constraints", constraints([directory(bad_name)], critical=False))):
        yield Case("malformed.name_inside." + id_, False, leaf(r, extensions=(extension,)), [r])


def ec_spki(parameters, point):
    return seq(seq(oid("1.2.840.10045.2.1"), parameters), bits(point))


P256 = oid("1.2.840.10045.3.1.7")
G256 = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                     "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
EXPLICIT = seq(integer(1), seq(oid("1.2.840.10045.1.1"),
                               integer(0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff)),
               seq(octets(bytes.fromhex("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc")),
                   octets(bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"))),
               octets(G256), integer(0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551),
               integer(1))


def keys():
    r = root()
    n = key(9).n
    rsa = seq(oid("1.2.840.113549.1.1.1"), NULL)
    off = G256[:-1] + bytes([G256[-1] ^ 1])
    for id_, good, spki in (
            ("right", True, key(9).spki), ("rsa_garbage", False, seq(rsa, bits(b"\x30\x05x"))),
            ("rsa_empty", False, seq(rsa, bits(b""))),
            ("rsa_e_1", False, seq(rsa, bits(seq(integer(n), integer(1))))),
            ("rsa_e_even", False, seq(rsa, bits(seq(integer(n), integer(4))))),
            ("rsa_n_even", False, seq(rsa, bits(seq(integer(n + 1), integer(65537))))),
            ("rsa_negative", False, seq(rsa, bits(seq(integer(-n), integer(65537))))),
            ("ec", True, ec_spki(P256, G256)), ("ec_off_curve", False, ec_spki(P256, off)),
            ("ec_explicit", False, ec_spki(EXPLICIT, G256)),
            ("ec_infinity", False, ec_spki(P256, b"\0")), ("ec_no_curve", False, ec_spki(NULL, G256)),
            # A kind that nobody here has: what it is good for is its owner's business.
            ("x448", True, seq(seq(oid("1.3.101.111")), bits(bytes(range(56)))))):
        yield Case("key." + id_, good, leaf(r, spki=spki), [r])
        middle = issued(r, 2, "CA", spki=spki)
        if id_ != "right":
            yield Case("key.%s.of_ca" % id_, False, leaf(middle), [r], [middle])


def trusted(c, trust=None, reject=None, alias=None):
    """As `openssl x509 -trustout` writes it."""
    uses = lambda tag, oids: b"" if oids is None else tlv(tag, *map(oid, oids))
    t = Certificate(c.subject, c.issuer, c.key, c.der, c.serial)
    t.pem = pem("TRUSTED CERTIFICATE", c.der + seq(uses(0x30, trust), uses(0xa0, reject),
                                              tlv(0x0c, alias.encode()) if alias else b""))
    return t


def settings():
    r = root(extensions=(basic(),))
    ca = issued(r, 2, "CA")
    rows = (("none", None, None, "server client any"), ("for_server", [SERVER], None, "server"),
            ("for_client", [CLIENT], None, "client"), ("for_both", [SERVER, CLIENT], None, "server client"),
            ("for_any", [ANY_USE], None, "server client any"), ("for_nothing", [], None, ""),
            ("not_server", None, [SERVER], "client any"), ("not_client", None, [CLIENT], "server any"),
            ("not_any", None, [ANY_USE], ""), ("not_mail", None, ["1.3.6.1.5.5.7.3.4"], "server client any"),
            ("both_ways", [SERVER], [SERVER], ""), ("server_not_client", [SERVER], [CLIENT], "server"))
    for id_, trust, reject, uses in rows:
        for purpose in ("server", "client", "any"):
            good = purpose in uses.split()
            tag = "settings.%s.%s" % (id_, purpose)
            top = trusted(r, trust, reject)
            yield Case(tag, good, leaf(ca), [top], [ca], purpose=purpose)
            yield Case(tag + ".as_leaf", good, top, [top], purpose=purpose)
            # One that is no root ends the path when it is trusted expressly.
            middle = trusted(ca, trust, reject)
            yield Case(tag + ".of_ca", good and trust is not None, leaf(ca), [middle], purpose=purpose)
            yield Case(tag + ".of_ca_below_root", good, leaf(ca), [middle, r], purpose=purpose)
            yield Case(tag + ".of_ca_sent_too", good, leaf(ca), [middle, r], [ca], purpose=purpose)
            yield Case(tag + ".partial", good, leaf(ca), [middle], purpose=purpose, partial_chain=True)
    end = leaf(r)
    for id_, uses in (("of_leaf", [SERVER]), ("of_leaf_any", [ANY_USE])):
        yield Case("settings." + id_, False, end, [r, trusted(end, reject=uses)], purpose="server")
    yield Case("settings.of_leaf_other", True, end, [r, trusted(end, reject=[CLIENT])], purpose="server")
    # Of copies, all settings hold.
    nothing, some = trusted(r, alias="Root"), trusted(r, trust=[SERVER])
    refused = trusted(r, reject=[SERVER])
    for id_, copies in (("alias_first", [nothing, refused]), ("alias_last", [refused, nothing]),
                        ("trust_first", [some, refused]), ("trust_last", [refused, some])):
        yield Case("settings.copies." + id_, False, end, copies, purpose="server")
    yield Case("settings.of_untrusted", True, leaf(ca), [r], [trusted(ca, reject=[SERVER])],
               purpose="server")


def cases():
    for family in (extensions, keys, settings):
        yield from family()

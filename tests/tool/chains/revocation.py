"""Revocation lists: of the leaf, of the chain, and those that must not be believed."""

from .forge import *


def cases():
    r = root()
    ca = issued(r, 2, "CA", serial=20)
    own = (points(uri("http://x.example/crl")),)
    end = leaf(ca, serial=77, extensions=own)
    empty, of_root = revocation_list(ca), revocation_list(r)

    def case(id_, good, lists, check="leaf", end_=end, ca_=ca, top=r, **kw):
        return Case("crl." + id_, good, end_, [top], [ca_], lists, crl_check=check, **kw)

    yield case("good", True, [empty])
    yield case("none", False, [])
    yield case("not_asked", True, [revocation_list(ca, [77])], "none")
    yield case("revoked", False, [revocation_list(ca, [77])])
    for reason in (0, 1, 2, 3, 4, 5, 6, 9, 10):
        yield case("reason.%d" % reason, False, [revocation_list(ca, [(77, NOW - DAY, reason)])])
    yield case("reason.removed", True, [revocation_list(ca, [(77, NOW - DAY, 8)])])
    yield case("revoked_later", False, [revocation_list(ca, [(77, NOW + YEAR, 1)])])
    yield case("others_revoked", True, [revocation_list(ca, [1, 2, 76, 78, -77, 77 * 256])])
    yield case("among_many", False, [revocation_list(ca, list(range(1000, 1300)) + [77])])
    yield case("expired", False, [revocation_list(ca, until=NOW - 1)])
    yield case("last_second", True, [revocation_list(ca, until=NOW)])
    yield case("not_yet", False, [revocation_list(ca, this=NOW + 1)])
    yield case("first_second", True, [revocation_list(ca, this=NOW)])
    yield case("no_next_update", True, [revocation_list(ca, until=None)])
    yield case("spoilt", False, [revocation_list(ca, spoil=True)])
    yield case("wrong_key", False, [revocation_list(ca, signer=key(8))])
    yield case("of_root_only", False, [of_root])
    yield case("by_other_name", False, [revocation_list(ca, issuer_name=cn("X"))])
    for h in ("md5", "sha1", "sha384"):
        yield case("hash." + h, True, [revocation_list(ca, hash=h)])
    yield case("newest_free", True, [revocation_list(ca, [77], this=NOW - 9 * DAY), empty])
    yield case("newest_revoked", False, [revocation_list(ca, [77]),
                                         revocation_list(ca, this=NOW - 9 * DAY)])
    yield case("expired_and_good", True, [revocation_list(ca, until=NOW - 1), empty])
    yield case("spoilt_and_good", True, [revocation_list(ca, this=NOW - 9, spoil=True), empty])
    yield case("number", True, [revocation_list(ca, extensions=[("2.5.29.20", False, integer(5))])])
    yield case("aki", True, [revocation_list(ca, extensions=[authority_key(ca.key.id)])])
    strange = ("1.2.3.4", True, octets(b"x"))
    yield case("unknown_critical", False, [revocation_list(ca, extensions=[strange])])
    yield case("unknown", True, [revocation_list(ca, extensions=[("1.2.3.4", False, octets(b"x"))])])
    yield case("unknown_critical_entry", False,
               [revocation_list(ca, [(5, NOW - DAY, None, [strange])])])
    yield case("delta", False, [revocation_list(ca, extensions=[("2.5.29.27", True, integer(1))])])
    yield case("delta_beside_base", True,
               [revocation_list(ca, [77], [("2.5.29.27", True, integer(1))]), empty])

    # What an entry says
    def issuer_is(subject): return ("2.5.29.29", True, seq(directory(subject)))
    yield case("entry.of_other", False, [revocation_list(ca, [(77, NOW - DAY, None, [issuer_is(cn("X"))])])])
    yield case("entry.after_other", False,
               [revocation_list(ca, [(5, NOW - DAY, None, [issuer_is(cn("X"))]), 77])])
    yield case("entry.of_other_beside_good", True,
               [empty, revocation_list(ca, [(5, NOW - DAY, None, [issuer_is(cn("X"))])], this=NOW - 9 * DAY)])
    for id_, reasons in (("removed_first", (8, 1)), ("removed_last", (1, 8)), ("removed_twice", (8, 8, 6))):
        yield case("entry." + id_, False, [revocation_list(ca, [(77, NOW - DAY, n) for n in reasons])])

    # keyUsage of the issuer of the list
    signer = issued(r, 2, "CA", (basic(), usage(5)), serial=21)
    yield case("no_crl_sign", False, [empty], ca_=signer)
    unlimited = issued(r, 2, "CA", (basic(),), serial=22)
    yield case("no_usage", True, [empty], ca_=unlimited)

    # Scope
    here, there = uri("http://x.example/crl"), uri("http://y.example/crl")
    for id_, good, extension in (
            ("empty", True, scope()), ("user", True, scope(user=True)), ("ca", False, scope(ca=True)),
            ("attribute", False, scope(attribute=True)), ("here", True, scope(here)),
            ("there", False, scope(there)), ("here_user", True, scope(here, user=True)),
            ("indirect", False, scope(indirect=True)), ("reasons", False, scope(reasons=(1, 2)))):
        yield case("scope." + id_, good, [revocation_list(ca, extensions=[extension])])
    yield case("scope.no_points", False, [revocation_list(ca, extensions=[scope(here)])],
               end_=leaf(ca, serial=77))
    yield case("scope.other_first", True, [revocation_list(ca, [77], [scope(there)]), empty])
    yield case("scope.broken", False, [revocation_list(ca, extensions=[("2.5.29.28", True, b"\x30\x09")])])

    # Extensions that cannot be read, or twice
    number = ("2.5.29.20", False, integer(5))
    for id_, extensions in (
            ("number", [("2.5.29.20", False, b"\x30\x05x")]), ("number_negative", [("2.5.29.20", False, integer(-5))]),
            ("number_twice", [number, number]), ("aki", [("2.5.29.35", False, b"\x30\x05x")]),
            ("aki_twice", [authority_key(ca.key.id)] * 2), ("scope_twice", [scope(user=True)] * 2),
            ("scopes_differ", [scope(), scope(ca=True)]), ("delta", [("2.5.29.27", False, b"\x30\x05x")]),
            ("freshest", [("2.5.29.46", False, b"\x30\x05x")]), ("ian", [("2.5.29.18", False, b"\x30\x05x")]),
            ("aia", [("1.3.6.1.5.5.7.1.1", False, b"\x30\x05x")]),
            ("unknown_twice", [("1.2.3.4", False, octets(b"x"))] * 2)):
        yield case("malformed." + id_, False, [revocation_list(ca, extensions=extensions)])
        yield case("malformed.%s.beside_good" % id_, True,
                   [empty, revocation_list(ca, extensions=extensions, this=NOW - 9 * DAY)])

    # What the certificate's own points say
    most = tuple(range(1, 9))
    for id_, good, own_points, extension in (
            ("all_reasons", True, (point(here, most),), scope(here)),
            ("some_reasons", False, (point(here, (1, 2)),), scope(here)),
            ("some_reasons_whole_list", False, (point(here, (1, 2)),), None),
            ("some_reasons_no_name", False, (point(here, (1, 2)),), scope(user=True)),
            ("some_reasons_elsewhere", True, (point(there, (1, 2)), point(here)), scope(here)),
            ("some_reasons_and_all", True, (point(here, (1, 2)), point(here)), scope(here)),
            ("reasons_together", True, (point(here, most[:4]), point(here, most[4:])), scope(here)),
            ("own_issuer", False, (point(here, issuer=ca.subject),), scope(here)),
            ("own_issuer_whole_list", True, (point(here, issuer=ca.subject),), None),
            ("other_issuer", False, (point(here, issuer=r.subject),), scope(here)),
            ("other_issuer_whole_list", True, (point(here, issuer=r.subject),), None)):
        own_points = (("2.5.29.31", False, seq(*own_points)),)
        lists = [revocation_list(ca, extensions=[extension] if extension else [])]
        yield case("points." + id_, good, lists, end_=leaf(ca, serial=77, extensions=own_points))
        lists = [revocation_list(ca, [77], [extension] if extension else [])]
        yield case("points.%s.revoked" % id_, False, lists, end_=leaf(ca, serial=77, extensions=own_points))

    # Of a namesake: another key under the same name
    other_ca = issued(r, 8, "CA", CA + (subject_key(key(8).id),), serial=30)
    with_id = issued(r, 2, "CA", CA + (subject_key(key(2).id),), serial=31)
    of_other = revocation_list(other_ca, [77])
    of_other_with_id = revocation_list(other_ca, [77], [authority_key(key(8).id)])
    yield case("namesake.alone", False, [of_other])
    yield case("namesake.alone_with_id", False, [of_other_with_id], ca_=with_id)
    yield case("namesake.beside", True, [of_other, revocation_list(ca, this=NOW - 9 * DAY)])
    yield case("namesake.beside_with_id", True, [of_other_with_id, empty], ca_=with_id)
    yield case("namesake.beside_expired", False, [of_other, revocation_list(ca, this=NOW - 9, until=NOW - 1)])

    # The whole chain
    yield case("chain.good", True, [empty, of_root], "chain")
    yield case("chain.no_root_list", False, [empty], "chain")
    yield case("chain.no_ca_list", False, [of_root], "chain")
    yield case("chain.ca_revoked", False, [empty, revocation_list(r, [20])], "chain")
    yield case("chain.ca_revoked_not_asked", True, [empty, revocation_list(r, [20])], "leaf")
    yield case("chain.leaf_revoked", False, [revocation_list(ca, [77]), of_root], "chain")
    yield case("chain.root_revoked", False, [empty, revocation_list(r, [1])], "chain")
    yield case("chain.scope_ca", True, [empty, revocation_list(r, extensions=[scope(ca=True)])], "chain")
    yield case("chain.scope_user", False, [empty, revocation_list(r, extensions=[scope(user=True)])],
               "chain")
    yield Case("crl.self_signed", True, r, [r], [], [of_root], crl_check="leaf")
    yield Case("crl.self_signed_none", False, r, [r], [], [], crl_check="leaf")
    # Two ways, one of which is revoked.
    again = issued(r, 2, "CA", serial=23)
    yield Case("crl.other_way", True, end, [r], [ca, again], [empty, revocation_list(r, [20])],
               crl_check="chain")

"""Paths, dates, authorities, purposes, hints and extensions."""

import itertools

from .forge import *

SERVER, CLIENT, ANY_USE = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"
MAIL_USE, SGC, MS_SGC = "1.3.6.1.5.5.7.3.4", "2.16.840.1.113730.4.1", "1.3.6.1.4.1.311.10.3.3"


def chain(length, at_place=None, **kw):
    """root, CAs below it, and a leaf: `length` certificates; kw go to the one at a place, counted
    from the leaf."""
    all_ = [root(1, **(kw if at_place == length - 1 else {}))]
    for i in range(1, length - 1):
        own = kw if at_place == length - 1 - i else {}
        all_.append(issued(all_[-1], i + 1, "CA %d" % i, serial=i + 1, **own))
    if length > 1:
        all_.append(leaf(all_[-1], **(kw if at_place == 0 else {})))
    return all_[::-1]


def of(id_, good, certificates, **kw):
    return Case(id_, good, certificates[0], [certificates[-1]], certificates[1:-1], **kw)


def lengths_and_dates():
    for n in range(1, 8):
        yield of("length.%d" % n, True, chain(n))
    for n, place in [(n, p) for n in (1, 2, 3, 4) for p in range(n)]:
        tag = "%d.at_%d" % (n, place)
        yield of("expired." + tag, False, chain(n, place, end=NOW - 1))
        yield of("not_yet." + tag, False, chain(n, place, start=NOW + 1))
        yield of("last_second." + tag, True, chain(n, place, end=NOW))
        yield of("first_second." + tag, True, chain(n, place, start=NOW))
    for n, place in [(n, p) for n in (2, 3, 4) for p in range(n - 1)]:
        yield of("spoilt.%d.at_%d" % (n, place), False, chain(n, place, spoil=True))
        yield of("signer.%d.at_%d" % (n, place), False, chain(n, place, signer=key(8)))
    yield of("spoilt.root", True, chain(3, 2, spoil=True))
    full = chain(5)
    for missing in range(1, 4):
        yield Case("missing.%d" % missing, False, full[0], [full[-1]],
                   full[1:missing] + full[missing + 1:-1])
    yield Case("missing.root", False, full[0], [root(8, "Another")], full[1:])
    yield Case("missing.all", False, full[0], [full[-1]])
    for i, order in enumerate(itertools.permutations(full[1:4])):
        yield Case("order.%d" % i, True, full[0], [full[-1]], list(order))
    yield Case("superfluous", True, full[0], [root(8, "X"), full[-1]],
               [chain(4, 1, end=NOW - 1)[1], full[0], *full[1:], *full, root(7, "Y")])
    for h in HASHES:
        yield of("hash.leaf." + h, True, chain(3, 0, hash=h))
        yield of("hash.ca." + h, True, chain(3, 1, hash=h))
    yield of("algorithms_differ", False, chain(3, 0, outer=algorithm("sha1")))
    yield of("algorithm_unknown", False, chain(3, 0, outer=seq(oid("1.2.3.4"), NULL)))
    yield of("year.2050", True, chain(3, 0, end=2524608000 + YEAR))
    for good, text, tag in (
            (True, b"260101000000+0100", 0x17), (True, b"2601010000Z", 0x17),
            (True, b"20260101000000.5Z", 0x18), (False, b"260230000000Z", 0x17),
            (False, b"nonsense", 0x17)):
        dates = seq(time(NOW - YEAR), tlv(tag, text))
        yield of("odd_date." + text.decode(), good, chain(3, 0, validity=dates), at=NOW - DAY)


def authorities():
    r = root()
    for id_, good, extensions, kw in (
            ("good", True, CA, {}), ("no_extensions", False, (), {}),
            ("no_basic", False, (usage(5, 6),), {}), ("no_ca", False, (basic(False), usage(5)), {}),
            ("not_critical", True, (basic(critical=False), usage(5)), {}),
            ("no_usage", True, (basic(),), {}), ("usage_crl", False, (basic(), usage(6)), {}),
            ("usage_leaf", False, (basic(), usage(0, 2)), {}),
            ("version_1", False, (), {"version": 1}), ("version_2", False, (), {"version": 2}),
            ("netscape", False, (netscape(5),), {}),
            ("basic_twice", False, (basic(), basic(), usage(5)), {}),
            ("basic_differs", False, (basic(False), basic(), usage(5)), {}),
            ("basic_broken", False, (("2.5.29.19", True, b"\x30\x03\x01\x01"), usage(5)), {}),
            ("basic_null", False, (("2.5.29.19", True, NULL), usage(5)), {}),
            ("usage_broken", False, (basic(), ("2.5.29.15", True, b"\x03\x09")), {}),
            ("path_negative", False, (basic(path=-1), usage(5)), {})):
        below = issued(r, 2, "CA", extensions, **kw)
        yield Case("ca." + id_, good, leaf(below), [r], [below])
    for id_, good, extensions, kw in (
            ("no_extensions", False, (), {}), ("version_1", True, (), {"version": 1}),
            ("usage", True, (usage(5),), {}), ("usage_crl", False, (usage(6),), {}),
            ("version_2", True, (), {"version": 2}), ("netscape_ca", True, (netscape(5),), {}), ("netscape_leaf", False, (netscape(1),), {}),
            ("no_ca", False, (basic(False),), {}), ("basic", True, (basic(),), {})):
        top = root(1, "Root", extensions, **kw)
        yield Case("root." + id_, good, leaf(top), [top])
    for (id_, bit), purpose in itertools.product((("ssl", 5), ("mail", 6), ("objects", 7)),
                                                 ("server", "client", "any")):
        top = root(1, "Root", (netscape(bit),))
        yield Case("root.netscape.%s.%s" % (id_, purpose), bit == 5 or purpose == "any", leaf(top),
                   [top], purpose=purpose)
    same = root(8)
    yield Case("root.namesake", False, leaf(r), [same])
    yield Case("root.two_of_a_name", True, leaf(r), [same, r])
    yield Case("root.as_leaf", True, r, [r])
    yield Case("root.as_leaf_unknown", False, r, [root(8, "X")])


def path_lengths():
    for limit, below in itertools.product(range(4), range(5)):
        top = root(1, "Root", (basic(path=limit), usage(5)))
        cas = [top]
        for i in range(below):
            cas.append(issued(cas[-1], i + 2, "CA %d" % i, serial=i + 2))
        yield Case("path.root_%d.below_%d" % (limit, below), below <= limit, leaf(cas[-1]), [top],
                   cas[1:])
    for limit, rolls in itertools.product((0, 1), (1, 2)):
        # OpenSSL finds the right one of one name by its key only.
        top = root(1, "Root", (basic(path=limit), usage(5), subject_key(key(1).id)))
        cas = [top]
        for i in range(rolls):
            cas.append(rolled(cas[-1], i + 2, "Root", serial=i + 2))
        end = leaf(cas[-1], extensions=(authority_key(cas[-1].key.id),))
        yield Case("path.self_issued.%d.%d" % (limit, rolls), True, end, [top], cas[1:])
        last = issued(cas[-1], 6, "Sub", CA + (authority_key(cas[-1].key.id),), serial=50)
        yield Case("path.self_issued_then.%d.%d" % (limit, rolls), limit >= 1, leaf(last), [top],
                   [*cas[1:], last])
    r = root()
    for bits_ in (31, 32, 33, 63, 64, 200):
        huge = issued(r, 2, "CA", (basic(path=2 ** bits_), usage(5)))
        yield Case("path.two_to_the.%d" % bits_, True, leaf(huge), [r], [huge])
    middle = issued(r, 2, "Middle", (basic(path=0), usage(5)))
    sub = issued(middle, 3, "Sub", (basic(path=5), usage(5)))
    yield Case("path.middle", False, leaf(sub), [r], [middle, sub])
    yield Case("path.middle_leaf", True, leaf(middle), [r], [middle])
    # The path length counts intermediates, and the last certificate is none even if it is a CA.
    yield Case("path.leaf_is_ca", True, sub, [r], [middle])


def uses():
    r = root()
    for bit, purpose in itertools.product(range(9), ("server", "client")):
        good = bit in ((0, 2, 4) if purpose == "server" else (0, 4))
        yield Case("usage.%d.%s" % (bit, purpose), good, leaf(r, extensions=(usage(bit),)), [r],
                   purpose=purpose)
    sets = {"server": (SERVER,), "client": (CLIENT,), "both": (CLIENT, SERVER), "mail": (MAIL_USE,),
            "any": (ANY_USE,), "sgc": (SGC,), "ms_sgc": (MS_SGC,), "mail_any": (MAIL_USE, ANY_USE)}
    for (id_, oids), purpose, place in itertools.product(
            sets.items(), ("server", "client", "any"), ("leaf", "ca", "root")):
        wanted = {"server": {SERVER, SGC, MS_SGC, ANY_USE}, "client": {CLIENT, ANY_USE}}
        good = purpose == "any" or bool(set(oids) & wanted[purpose])
        own = (purposes(*oids),)
        top = root(extensions=CA + (own if place == "root" else ()))
        middle = issued(top, 2, "CA", CA + (own if place == "ca" else ()))
        end = leaf(middle, extensions=own if place == "leaf" else ())
        yield Case("eku.%s.%s.%s" % (place, id_, purpose), good, end, [top], [middle],
                   purpose=purpose)
    for number, purpose in itertools.product(range(8), ("server", "client")):
        good = number == (1 if purpose == "server" else 0)
        yield Case("netscape.%d.%s" % (number, purpose), good,
                   leaf(r, extensions=(netscape(number),)), [r], purpose=purpose)
    broken = ("2.5.29.37", False, seq(b"\x06\x01"))
    yield Case("eku.broken", False, leaf(r, extensions=(broken,)), [r], purpose="server")


def extensions():
    value = octets(b"x")
    for place, critical in itertools.product(("leaf", "ca", "root"), (False, True)):
        own = (("1.2.3.4.5", critical, value),)
        top = root(extensions=CA + (own if place == "root" else ()))
        middle = issued(top, 2, "CA", CA + (own if place == "ca" else ()))
        end = leaf(middle, extensions=own if place == "leaf" else ())
        yield Case("unknown.%s.%s" % (place, critical), not critical, end, [top], [middle])
    r = root()
    known = {"san": san(dns("a.example"), critical=True), "eku": purposes(SERVER, critical=True),
             "policies": policies("1.2.3", critical=True), "ski": subject_key(b"x", True),
             "aki": authority_key(r.key.id, critical=True),
             "points": points(uri("http://x.example/"), critical=True)}
    for id_, extension in known.items():
        yield Case("critical." + id_, True, leaf(r, extensions=(extension,)), [r])
    for id_, oid_ in (("san", "2.5.29.17"), ("usage", "2.5.29.15"), ("basic", "2.5.29.19"),
                      ("eku", "2.5.29.37")):
        yield Case("garbage." + id_, False, leaf(r, extensions=((oid_, True, b"\x30\x05x"),)), [r],
                   purpose="server")
    top = root(extensions=CA + (subject_key(key(1).id),))
    for id_, good, hint in (
            ("same", True, authority_key(key(1).id)), ("none", True, authority_key()),
            ("other", False, authority_key(b"12345")),
            ("serial", True, authority_key(None, top.issuer, 1)),
            ("other_serial", False, authority_key(None, top.issuer, 2)),
            ("other_issuer", False, authority_key(None, cn("X"), 1)),
            ("both", True, authority_key(key(1).id, top.issuer, 1))):
        yield Case("aki." + id_, good, leaf(top, extensions=(hint,)), [top])
    one = root(1, extensions=CA + (subject_key(key(1).id),))
    two = root(2, extensions=CA + (subject_key(key(2).id),))
    yield Case("aki.tells_apart", True, leaf(two, extensions=(authority_key(key(2).id),)), [one, two])


def crosses():
    old, new = root(1, "Old"), root(2, "New")
    by_old, by_new = issued(old, 3, "CA", serial=5), issued(new, 3, "CA", serial=6)
    gone = issued(old, 3, "CA", serial=7, end=NOW - 1)
    stranger = issued(root(4, "Nobody"), 3, "CA", serial=8)
    end = leaf(by_new)
    yield Case("cross.both", True, end, [old, new], [by_old, by_new])
    yield Case("cross.first", True, end, [old], [by_new, by_old])
    yield Case("cross.second", True, end, [new], [by_new, by_old])
    yield Case("cross.gone_first", True, end, [old, new], [gone, by_new])
    yield Case("cross.stranger_first", True, end, [new], [stranger, by_new])
    yield Case("cross.only_gone", False, end, [old], [gone, by_new])
    yield Case("cross.wrong_key_first", True, end, [new], [issued(old, 5, "CA", serial=4), by_new])
    new_by_old = issued(old, 2, "New", serial=9)
    yield Case("cross.root_below_old", True, end, [old], [by_new, new_by_old])
    yield Case("cross.root_below_old_trusted", True, end, [old, new], [by_new, new_by_old])
    a, b = root(1, "A"), root(2, "B")
    a_by_b, b_by_a = issued(b, 1, "A", serial=3), issued(a, 2, "B", serial=4)
    yield Case("loop.untrusted", False, leaf(a_by_b), [root(5, "X")], [a_by_b, b_by_a])
    yield Case("loop.trusted", True, leaf(a_by_b), [b], [a_by_b, b_by_a])
    yield Case("partial.off", False, end, [by_new])
    yield Case("partial.ca", True, end, [by_new], partial_chain=True)
    yield Case("partial.leaf", True, end, [end], partial_chain=True)
    yield Case("partial.expired", False, end, [gone], partial_chain=True)
    yield Case("partial.no_ca", False, leaf(leaf(new), number=8), [leaf(new)], partial_chain=True)
    old_end = leaf(new, "Old end", version=1)
    yield Case("partial.version_1", False, leaf(old_end, number=8), [old_end], partial_chain=True)


def strict():
    ids = (subject_key(key(1).id),)
    full = (authority_key(key(1).id),)
    r = root(extensions=CA + ids)
    yield Case("strict.good", True, leaf(r, extensions=full), [r], strict=True)
    yield Case("strict.no_aki", False, leaf(r), [r], strict=True)
    for id_, extensions_ in (("no_ski", CA), ("no_usage", (basic(),) + ids),
                             ("basic_not_critical", (basic(critical=False), usage(5)) + ids),
                             ("ski_critical", CA + (subject_key(key(1).id, True),)),
                             ("usage_only", (usage(5),) + ids)):
        top = root(extensions=extensions_)
        yield Case("strict." + id_, False, leaf(top, extensions=full), [top], strict=True)
    for id_, good, own in (
            ("leaf_cert_sign", False, (usage(5),)), ("leaf_path", False, (basic(False, 0),)),
            ("san_empty", False, (san(),)), ("aki_critical", False, ()),
            ("leaf_usage", True, (usage(0),))):
        hint = (authority_key(key(1).id, critical=id_ == "aki_critical"),)
        yield Case("strict." + id_, good, leaf(r, extensions=hint + own), [r], strict=True)
    nobody = name()
    for id_, good, own in (("nobody", False, ()), ("nobody_san", False, (san(dns("a.example")),)),
                           ("nobody_critical_san", True, (san(dns("a.example"), critical=True),))):
        yield Case("strict." + id_, good, leaf(r, nobody, full + own), [r], strict=True)


def cases():
    for family in (lengths_and_dates, authorities, path_lengths, uses, extensions, crosses, strict):
        yield from family()

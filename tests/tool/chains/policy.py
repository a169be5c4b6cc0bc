"""Certificate policies: RFC 5280 section 6.1 with its mappings and constraints."""

from .forge import *

ANY, A, B, D = "2.5.29.32.0", "1.2.3.1", "1.2.3.2", "1.2.3.3"


def chain(id_, good, *levels, **flags):
    """A root that says nothing, then one certificate for each tuple of extensions; the last is the
    leaf. OpenSSL looks at policies only when it is asked to, so it always is."""
    cas = [root()]
    for i, own in enumerate(levels[:-1]):
        cas.append(issued(cas[-1], i + 2, "CA %d" % i, CA + own, serial=i + 2))
    return Case("policy." + id_, good, leaf(cas[-1], extensions=levels[-1]), [cas[0]], cas[1:],
                **{"policy_check": True, **flags})


def asked():
    p, q, any_, none = (policies(A),), (policies(B),), (policies(ANY),), ()
    explicit = {"explicit_policy": True}
    rows = (
        ("nobody_asks", True, (none, none), {}), ("nobody_asks_apart", True, (p, q), {}),
        ("explicit", True, (p, p), explicit), ("explicit_none", False, (none, none), explicit),
        ("explicit_apart", False, (p, q), explicit), ("explicit_leaf_only", False, (none, p), explicit),
        ("explicit_ca_only", False, (p, none), explicit), ("any_above", True, (any_, p), explicit),
        ("any_below", True, (p, any_), explicit), ("any_both", True, (any_, any_), explicit),
        ("wanted", True, (p, p), {"policy": [A]}), ("unwanted", False, (p, p), {"policy": [B]}),
        ("one_of_wanted", True, (p, p), {"policy": [B, A]}),
        ("wanted_any_above", True, (any_, p), {"policy": [A]}),
        ("unwanted_any_above", False, (any_, p), {"policy": [B]}),
        ("wanted_any_below", True, (p, any_), {"policy": [A]}),
        ("unwanted_any_below", False, (p, any_), {"policy": [B]}),
        ("wanted_any_both", True, (any_, any_), {"policy": [A]}),
        ("any_is_wanted", True, (p, p), {"policy": [ANY]}),
        ("two", True, ((policies(A, B),), (policies(B, D),)), {"policy": [B]}),
        ("two_apart", False, ((policies(A, B),), (policies(B, D),)), {"policy": [A]}),
        ("three_levels", True, (p, any_, p), {"policy": [A]}),
        ("three_levels_apart", False, (p, q, p), explicit),
        ("deep", True, (p,) * 6, {"policy": [A]}), ("deep_gap", False, (p, p, none, p, p), explicit),
        ("inhibit_any", False, (any_, p), {"explicit_policy": True, "inhibit_any": True}),
        ("inhibit_any_named", True, (p, p), {"explicit_policy": True, "inhibit_any": True}),
        ("twice", False, ((policies(A, A),), p), explicit),
        ("critical", True, ((policies(A, critical=True),), p), {}),
        ("broken", False, ((("2.5.29.32", False, b"\x30\x05\x30"),), p), explicit),
    )
    for id_, good, levels, flags in rows:
        yield chain(id_, good, *levels, **flags)


def constrained():
    p, q, any_, none = (policies(A),), (policies(B),), (policies(ANY),), ()
    for skip, depth in ((s, d) for s in range(4) for d in range(1, 4)):
        need = (policies(A), policy_constraints(require=skip))
        # The path must be valid under a policy when `skip` certificates follow (section 6.1.5 (a)).
        yield chain("require.%d.none.%d" % (skip, depth), skip > depth, need, *((none,) * depth))
        yield chain("require.%d.policy.%d" % (skip, depth), True, need, *((p,) * depth))
    yield chain("require.leaf_zero", False, none, (policy_constraints(require=0),))
    yield chain("require.leaf_one", True, none, (policy_constraints(require=1),))
    yield chain("require.leaf_zero_policy", True, p, (policies(A), policy_constraints(require=0)))
    for skip in range(3):
        yield chain("inhibit_any.%d" % skip, skip > 0, (policies(A), inhibit_any(skip)), any_,
                    explicit_policy=True)
        yield chain("inhibit_any.deep.%d" % skip, skip > 1, (policies(A), inhibit_any(skip)), any_, any_,
                    explicit_policy=True)
    yield chain("require.huge", True, (policies(A), policy_constraints(require=2 ** 40)), none)
    yield chain("inhibit_any.huge", True, (policies(A), inhibit_any(2 ** 40)), any_, explicit_policy=True)
    yield chain("constraints.empty", False, (policies(A), policy_constraints()), p, explicit_policy=True)
    yield chain("inhibit_any.negative", False, (policies(A), inhibit_any(-1)), p, explicit_policy=True)


def mapped():
    p, q, any_ = (policies(A),), (policies(B),), (policies(ANY),)
    a_to_b = (policies(A), mappings((A, B)))
    rows = (
        ("plain", True, (a_to_b, q), {"policy": [A]}),
        ("name_below_is_not_asked", False, (a_to_b, q), {"policy": [B]}),
        ("source_below", False, (a_to_b, p), {"explicit_policy": True}),
        ("inhibited", False, (a_to_b, q), {"policy": [A], "inhibit_map": True}),
        ("inhibited_source", False, (a_to_b, p), {"explicit_policy": True, "inhibit_map": True}),
        ("not_held", False, ((policies(D), mappings((A, B))), q), {"explicit_policy": True}),
        ("of_any", True, ((policies(ANY), mappings((A, B))), q), {"policy": [A]}),
        ("of_any_itself", False, ((policies(ANY), mappings((A, B))), q), {"policy": [B]}),
        ("two_steps", True, (a_to_b, (policies(B), mappings((B, D))), (policies(D),)), {"policy": [A]}),
        ("two_steps_broken", False, (a_to_b, (policies(B), mappings((B, D))), q), {"explicit_policy": True}),
        ("fan", True, ((policies(A), mappings((A, B), (A, D))), (policies(D),)), {"policy": [A]}),
        ("join", True, ((policies(A, B), mappings((A, D), (B, D))), (policies(D),)), {"policy": [B]}),
        ("to_any", False, ((policies(A), mappings((A, ANY))), q), {"explicit_policy": True}),
        ("from_any", False, ((policies(ANY), mappings((ANY, B))), q), {"explicit_policy": True}),
        ("stop_now", False, ((policies(A), policy_constraints(inhibit=0)), a_to_b, q), {"policy": [A]}),
        ("stop_later", True, ((policies(A), policy_constraints(inhibit=1)), a_to_b, q), {"policy": [A]}),
        ("any_inhibited", False, ((policies(ANY), mappings((A, B))), q), {"policy": [A], "inhibit_any": True}),
        ("any_inhibited_above", True, ((policies(ANY), inhibit_any(0)), (policies(A, ANY), mappings((A, B))), q),
         {"policy": [A]}),
        ("any_inhibited_any_below", True, ((policies(A), inhibit_any(0), mappings((A, B))), (policies(B, ANY),)),
         {"policy": [A]}),
        ("any_leaf", True, (a_to_b, any_), {"policy": [A]}),
        ("unmapped_beside", True, ((policies(A, D), mappings((A, B))), (policies(D),)), {"policy": [D]}),
    )
    for id_, good, levels, flags in rows:
        yield chain("map." + id_, good, *levels, **flags)
    # CVE-2023-0464: a tree of these would double at every level.
    pairs = [(x, y) for x in (A, B) for y in (A, B)]
    grow = (policies(A, B), mappings(*pairs))
    yield chain("map.doubling", True, *((grow,) * 12), (policies(A),), policy=[A])


def cases():
    for family in (asked, constrained, mapped):
        yield from family()

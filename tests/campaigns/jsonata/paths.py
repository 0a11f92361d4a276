"""Generated paths through a document: filters, order, groups, joins, parents, transforms."""

DOCUMENT = (
    '{"id": 7, "name": "shop", "nul": null, "nested": [[1, 2], [3, [4, 5]]], "empty": [], '
    '"flag": false, "a b": {"c": "d"}, "orders": [{"no": 1, "to": "ann", "lines": [{"sku": "x", '
    '"n": 2, "price": 1.5}, {"sku": "y", "n": 1, "price": 10}]}, {"no": 2, "to": "bob", "lines": '
    '{"sku": "x", "n": 5, "price": 1.25}}, {"no": 3, "to": "ann", "lines": []}, {"no": 4, "lines": '
    '[{"sku": "z", "n": 0, "price": 3}]}], "people": [{"key": "ann", "age": 31, "tags": ["a", "b"]}'
    ', {"key": "bob", "age": 25, "tags": []}, {"key": "cid", "age": 31}]}'
)
STEPS = (
    *("orders", "orders.lines", "lines", "orders.lines.n", "people", "people.tags", "nested"),
    *("nul", "empty", "flag", "`a b`", '"a b"', "*", "**", "orders.*", "name", "id", "$", "$$"),
    *("missing", "people.age", "orders.no", "orders.to", "orders.lines.price", "(orders.lines)"),
    *("orders.(lines)", "nested.$", "**.sku", "[orders]", "[orders.lines.n]", "orders.[no]"),
    *('orders.{"n": no}', "$.orders", "$$.people", "people.*"),
)
FILTERS = (
    *("[0]", "[-1]", "[1]", "[99]", "[n > 1]", "[no = 2]", '[to = "ann"]', "[lines]", "[nul]"),
    *("[age > 30]", "[$ = 31]", "[false]", "[]", "[1.7]", "[$ > 1]", '[sku = "x"]', "[0][0]"),
    *("[no > 1][0]", "[$count(lines) > 1]", "[*]", "[name]"),
)
STAGES = (
    *("^(no)", "^(>no)", "^(to, >no)", "^(age, key)", "^(>price)", "@$o.people[key = $o.to]"),
    *('@$o.people[key = $o.to].{"k": $o.no, "a": age}', "#$i", '#$i.{"i": $i}', "#$i[$i = 1]"),
    *(".%", ".%.to", ".%.%.name", ".lines.%.no", ".lines.(%.no)", ".lines[%.no = 1]", ".$string()"),
    *('.lines.sku#$i.{"s": $, "i": $i}', ".$uppercase(to)", ".(no > 1 ? to : no)", ".(no; to)"),
    *(".lines^(price).sku", '.lines.{"t": n * price}', '.lines@$l.{"s": $l.sku}', ".$keys()"),
    *(".no", ".to", ".n", ".lines", ".tags", ".sku", ".*", ".**", ".[no, to]", ".[$]", '.{"a": $}'),
    *(".$$", ".($x := no; $x + 1)", ".(function($a){$a})(no)", ".lines#$i.(%)", ".$type($)"),
)
AROUND = (
    *("$count(P)", "$sum(P)", "$map(P, function($v, $i) { $i })", "$sort(P)", "$distinct(P)"),
    *(
        "$filter(P, function($v) { $v.no > 1 })",
        "$reduce(P, function($a, $b) { $a & $string($b) })",
    ),
    *(
        "$reverse(P)",
        "$append(P, 1)",
        "$exists(P)",
        "$string(P)",
        "$keys(P)",
        "$type(P)",
        "$not(P)",
    ),
    *(
        "$boolean(P)",
        '$lookup(P, "no")',
        "$spread(P)",
        "$merge(P)",
        "$zip(P, [1, 2])",
        "[P]",
        "(P)",
    ),
    *("$each(P, function($v, $k) { $k })", '$sift(P, function($v, $k) { $k != "to" })', "(P)[0]"),
    *("$single(P, function($v) { $v.no = 2 })", "P ~> $count()", "P ~> $map($string)", 'P & "x"'),
    *('P ~> |$|{"new": 1}|', 'P ~> |orders|{"new": no}, ["to"]|', "P[0]", '{"r": P}', "{to: P}"),
    *('P ~> |lines|{"total": n * price}|', 'P ~> |people[age > 30]|{"old": true}, "tags"|'),
    *('P in [1, 2, "ann"]', "1 in P", "P = P", "($v := P; $v)", "function(){ P }()", "$max(P)"),
    *("$average(P)", "-P", "P + 1", "P .. 3", "P and true", "P ? 1 : 2", "P{to: no}", "P{sku: n}"),
    *("P{to: $sum(lines.n)}", "$split(P, '')", "λ($x){ $x }(P)", "$number(P)", "P > 1", 'P < "b"'),
    *("$sort(P, function($l, $r) { $l.no < $r.no })", "P ~> $uppercase ~> $string", "[P..P]"),
    *("$map(P, $uppercase)", "($f := $append(?, 9); $f(P))", "($uppercase ~> $length)(P)"),
    *("$match(P, /a/)", '$replace(P, /n/, "m")', "P /* c */", '$boolean(P) or $error("x")'),
)


def query(dice):
    """One expression on the document."""
    around = "P" if dice.random() < 0.45 else dice.choice(AROUND)
    return f"($d := {DOCUMENT}; $d.({''.join(_path(dice) if c == 'P' else c for c in around)}))"


def _path(dice):
    path = dice.choice(STEPS)
    for _ in range(dice.randint(0, 3)):
        kind = dice.random()
        part = FILTERS if kind < 0.35 else STAGES
        path += dice.choice(part) if kind < 0.8 else f".{dice.choice(STEPS)}"
    return path

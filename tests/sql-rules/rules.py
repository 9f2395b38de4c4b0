"""What tables and statements must keep to, so that districts can be distributed over nodes
by Citus (docs/scaling.md). Each rule gives what it finds as (rule, words)."""

from pglast import ast
from pglast.enums import OnConflictAction, TransactionStmtKind

from tree import (alias_of, column, constant, equalities, found, function_body, name_of,
                  same_level, statements, walk)

KEY = "district_id"
NARROW = ("int2", "int4", "serial", "smallserial")
OF_A_NODE = ("pg_locks", "pg_stat_activity")
WRITES = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt)


def of_table(schema, table):
    distributed = schema.is_distributed(table.name)
    for kind, columns in table.keys:
        if distributed and KEY not in columns:
            yield "key", f"{kind} ({', '.join(columns)}) lacks {KEY}"
    for columns, target, target_columns, named, nulls in table.foreign:
        if not schema.is_distributed(target):
            if distributed and nulls and KEY in columns:
                yield "foreign", f"ON DELETE SET NULL would change {KEY}"
        elif not distributed:
            yield "foreign", f"refers to {target}, which is distributed"
        elif KEY not in columns or (target_columns and KEY not in target_columns):
            yield "foreign", f"refers to {target} without {KEY}"
        if distributed and not named:
            yield "foreign", "a foreign key without a name is added to a distributed table"
    for name, kind in table.identities:
        if kind in NARROW:
            yield "identity", f"{name} counts in {kind}; a worker can only count in bigint"


def of_statement(schema, statement):
    for rule in (_construct, _target, _volatile, _grouping, _recursion, _joins, _limits, _locks,
                 _node):
        yield from rule(schema, statement)
    if isinstance(statement, ast.CreateFunctionStmt):
        for inner in function_body(statement) or ():
            yield from of_statement(schema, inner)


def of_text(schema, text):
    for statement in statements(text):
        yield from of_statement(schema, statement)


def tables(schema, nodes, wanted):
    return [node for node in nodes if isinstance(node, ast.RangeVar)
            and node.schemaname == "tonghop" and wanted(node.relname)]


def _construct(schema, statement):
    """What Citus does not take at all."""
    for node in walk(statement):
        if isinstance(node, (ast.CreateTrigStmt, ast.RuleStmt)):
            yield "trigger", "triggers and rules do not run on distributed tables"
        elif isinstance(node, ast.MergeStmt):
            yield "merge", "MERGE"
        elif isinstance(node, ast.CopyStmt) and node.whereClause:
            yield "copy", "COPY FROM .. WHERE"
        elif isinstance(node, ast.CurrentOfExpr):
            yield "cursor", "WHERE CURRENT OF"
        elif isinstance(node, ast.TransactionStmt) and node.kind in (
                TransactionStmtKind.TRANS_STMT_PREPARE,):
            yield "prepare", "PREPARE TRANSACTION"
        elif isinstance(node, ast.CreateStmt) and node.relation.relpersistence == "t":
            yield "temporary", "a temporary table is one node's"
        elif isinstance(node, ast.CreateStmt) and node.partbound and node.partspec:
            yield "partition", "a partition that is partitioned itself"
        elif isinstance(node, ast.PartitionCmd) and node.concurrent:
            yield "partition", "DETACH CONCURRENTLY"


def _target(schema, statement):
    """What is written, and how."""
    for node in found(statement, *WRITES):
        target = node.relation.relname
        if target in schema.views:
            yield "view", f"writes through the view {target}"
        if schema.is_distributed(target):
            if isinstance(node, ast.UpdateStmt) and _sets(node.targetList, KEY):
                yield "moved", f"changes {KEY} of {target}"
            if isinstance(node, ast.InsertStmt):
                source = node.selectStmt
                if source and not source.valuesLists and not node.onConflictClause:
                    yield "conflict", (f"INSERT .. SELECT into {target} without ON CONFLICT fails "
                                       "with XX000, whatever the reason")
                clause = node.onConflictClause
                if clause and _sets(clause.targetList, KEY):
                    yield "moved", f"changes {KEY} of {target}"
        elif schema.is_reference(target):
            others = tables(schema, walk(statement), schema.is_distributed)
            if others:
                yield "mixed", (f"writes the reference table {target} in a statement about "
                                f"{others[0].relname}")


def _sets(targets, name):
    return any(target.name == name for target in targets or ())


def _volatile(schema, statement):
    """Values that would differ from node to node."""
    for node in found(statement, *WRITES):
        target = node.relation.relname
        changed = []
        if isinstance(node, ast.InsertStmt) and node.onConflictClause:
            clause = node.onConflictClause
            if clause.action == OnConflictAction.ONCONFLICT_UPDATE:
                changed = [clause.targetList, clause.whereClause]
        elif isinstance(node, ast.UpdateStmt) and schema.is_distributed(target):
            changed = [node.targetList]
        for call in found(changed, ast.FuncCall, ast.SQLValueFunction, ast.SubLink):
            what = (name_of(call) + "()" if isinstance(call, ast.FuncCall) else
                    "a subquery" if isinstance(call, ast.SubLink) else "the clock")
            yield "volatile", f"what is changed in {target} takes {what}; use excluded or a parameter"


def _grouping(schema, statement):
    for query in found(statement, ast.SelectStmt):
        if found(query.groupClause, ast.GroupingSet):
            for table in tables(schema, same_level(query.fromClause), schema.is_distributed):
                yield "grouping", (f"GROUPING SETS straight over {table.relname}; aggregate in a "
                                   "MATERIALIZED CTE first")


def _recursion(schema, statement):
    for clause in found(statement, ast.WithClause):
        if clause.recursive:
            for table in tables(schema, walk(clause), schema.is_distributed):
                yield "recursion", f"WITH RECURSIVE over {table.relname}"


class Groups:
    """Which columns and constants equal each other."""

    def __init__(self):
        self.parent = {}

    def find(self, item):
        while self.parent.setdefault(item, item) != item:
            item = self.parent[item]
        return item

    def join(self, one, other):
        self.parent[self.find(one)] = self.find(other)


def _joins(schema, statement):
    """Distributed tables of one query meet in the same district."""
    for query in found(statement, ast.SelectStmt):
        level = list(same_level(query.fromClause, query.whereClause))
        # A subquery that looks something up for each row is at home in this query.
        for link in (node for node in level[:] if isinstance(node, ast.SubLink)):
            inner = link.subselect
            level += same_level(getattr(inner, "fromClause", None), getattr(inner, "whereClause",
                                                                            None))
        for lateral in (node for node in level[:]
                        if isinstance(node, ast.RangeSubselect) and node.lateral):
            level += same_level(lateral.subquery.fromClause, lateral.subquery.whereClause)
        names = [alias_of(t) for t in tables(schema, level, schema.is_distributed)]
        if len(names) < 2:
            continue
        groups = _districts(level)
        apart = [name for name in names[1:]
                 if groups.find((name, KEY)) != groups.find((names[0], KEY))]
        for name in apart:
            yield "join", f"{names[0]} and {name} are not joined by {KEY}"


def _districts(level):
    groups = Groups()
    for one, other in equalities(level):
        sides = [column(side) or constant(side) for side in (one, other)]
        if all(sides) and any(isinstance(side, tuple) and side[1] == KEY for side in sides):
            groups.join(*sides)
    for node in level:
        if isinstance(node, ast.JoinExpr) and any(c.sval == KEY for c in node.usingClause or ()):
            aliases = [alias_of(t) for t in found([node.larg, node.rarg], ast.RangeVar)]
            for alias in aliases[1:]:
                groups.join((aliases[0], KEY), (alias, KEY))
    return groups


def _limits(schema, statement):
    """A subquery with LIMIT for each row of something that is not distributed."""
    for join in found(statement, ast.JoinExpr):
        inner = join.rarg
        if not isinstance(inner, ast.RangeSubselect) or not inner.lateral:
            continue
        query = inner.subquery
        if not query.limitCount or not tables(schema, walk(query), schema.is_distributed):
            continue
        outer = {alias_of(t): t for t in found(join.larg, ast.RangeVar)}
        used = {column(node)[0] for node in found(query, ast.ColumnRef) if column(node)}
        rows = [outer[name] for name in used if name in outer]
        if not rows or len(rows) != len(tables(schema, rows, schema.is_distributed)):
            yield "limit", "LATERAL .. LIMIT for each row of what is not distributed"


def _locks(schema, statement):
    for query in found(statement, ast.SelectStmt):
        if not query.lockingClause:
            continue
        for table in tables(schema, same_level(query.fromClause), schema.is_distributed):
            one = any(column(a) and column(a)[1] == KEY and constant(b)
                      for a, b in equalities(same_level(query.whereClause)))
            if not one:
                yield "rows locked", f"locks rows of {table.relname} of more than one district"


def _node(schema, statement):
    """What each node has for itself."""
    for call in found(statement, ast.FuncCall):
        if "advisory" in name_of(call):
            yield "node", f"{name_of(call)}() locks on one node only"
    for table in found(statement, ast.RangeVar):
        if table.relname in OF_A_NODE:
            yield "node", f"{table.relname} shows one node only"


def is_about_one_district(schema, statement):
    """Whether a parameter names the one district of every distributed table in it."""
    for query in found(statement, ast.SelectStmt, ast.UpdateStmt, ast.DeleteStmt):
        level = list(same_level(query.fromClause, query.whereClause)
                     if hasattr(query, "fromClause") else same_level(query.whereClause))
        here = tables(schema, level, schema.is_distributed)
        if not isinstance(query, ast.SelectStmt):
            here += tables(schema, [query.relation], schema.is_distributed)
        groups = _districts(level)
        given = {groups.find(item) for item in list(groups.parent) if isinstance(item, str)}
        for table in here:
            if not given & {groups.find((alias, KEY)) for alias in (alias_of(table), None)}:
                return False
    for insert in found(statement, ast.InsertStmt):
        source = insert.selectStmt
        if schema.is_distributed(insert.relation.relname) and not source.valuesLists and (
                not source.targetList or not constant(source.targetList[0].val)):
            return False
    return True

"""PostgreSQL's own parse of a statement, and what is asked of it."""

from pglast import ast, parse_sql
from pglast.enums import A_Expr_Kind


def statements(text):
    return [raw.stmt for raw in parse_sql(text)]


def walk(node, into=lambda node: True):
    """A node and everything below it; what `into` refuses is given, and not entered."""
    if isinstance(node, (tuple, list)):
        for item in node:
            yield from walk(item, into)
    elif isinstance(node, ast.Node):
        yield node
        if into(node):
            for name in node:
                yield from walk(getattr(node, name), into)


def found(node, *kinds):
    return [each for each in walk(node) if isinstance(each, kinds)]


def same_level(*roots):
    """The nodes of one query, without those of queries inside it."""
    for root in roots:
        yield from walk(root, lambda node: not isinstance(node, (ast.SelectStmt, ast.WithClause)))


def name_of(function):
    """The name of a FuncCall, without its schema."""
    return function.funcname[-1].sval


def alias_of(table):
    return table.alias.aliasname if table.alias else table.relname


def column(node):
    """(alias or None, name) of a column, or None."""
    if isinstance(node, ast.TypeCast):
        return column(node.arg)
    if not isinstance(node, ast.ColumnRef) or not isinstance(node.fields[-1], ast.String):
        return None
    return (node.fields[-2].sval if len(node.fields) > 1 else None), node.fields[-1].sval


def constant(node):
    """What a parameter or constant is, or None."""
    if isinstance(node, ast.TypeCast):
        return constant(node.arg)
    if isinstance(node, ast.ParamRef):
        return f"${node.number}"
    return "constant" if isinstance(node, ast.A_Const) else None


def equalities(nodes):
    """The two sides of every a = b."""
    for node in nodes:
        if (isinstance(node, ast.A_Expr) and node.kind == A_Expr_Kind.AEXPR_OP
                and node.name[-1].sval == "="):
            yield node.lexpr, node.rexpr


def function_body(create):
    """The statements of a function in SQL, or None of one in another language."""
    options = {option.defname: option.arg for option in create.options}
    if options.get("language") is None or options["language"].sval != "sql" or "as" not in options:
        return None
    return statements(options["as"][0].sval)

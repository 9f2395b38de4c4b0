"""What the migrations make: tables with their keys and foreign keys, and views."""

from pglast import ast
from pglast.enums import AlterTableType, ConstrType

KEYS = {ConstrType.CONSTR_PRIMARY: "PRIMARY KEY", ConstrType.CONSTR_UNIQUE: "UNIQUE",
        ConstrType.CONSTR_EXCLUSION: "EXCLUDE"}


class Table:
    def __init__(self, name):
        self.name, self.columns = name, {}
        self.keys = []  # (kind, columns)
        self.foreign = []  # (columns, table, its columns, named or inline, deletes to null)
        self.identities = []  # (column, type)


class Schema:
    """`local` and `shared` say which tables are not distributed: {name: why}."""

    def __init__(self, local=(), shared=()):
        self.tables, self.views = {}, set()
        self.local, self.shared = local, shared

    def is_distributed(self, name):
        table = self.tables.get(name)
        return bool(table and "district_id" in table.columns and name not in self.shared
                    and name not in self.local)

    def is_reference(self, name):
        return name in self.tables and name not in self.local and not self.is_distributed(name)

    def add(self, statement):
        if isinstance(statement, ast.CreateStmt):
            table = self.tables.setdefault(statement.relation.relname,
                                           Table(statement.relation.relname))
            for element in statement.tableElts or ():
                if isinstance(element, ast.ColumnDef):
                    self._add_column(table, element)
                elif isinstance(element, ast.Constraint):
                    self._add_constraint(table, element, None, True)
        elif isinstance(statement, ast.AlterTableStmt):
            table = self.tables.get(statement.relation.relname)
            for command in statement.cmds if table else ():
                if command.subtype == AlterTableType.AT_AddColumn:
                    self._add_column(table, command.def_)
                elif command.subtype == AlterTableType.AT_AddConstraint:
                    self._add_constraint(table, command.def_, None, False)
        elif isinstance(statement, ast.IndexStmt) and statement.unique:
            self.tables[statement.relation.relname].keys.append(
                ("UNIQUE", [part.name for part in statement.indexParams]))
        elif isinstance(statement, ast.ViewStmt):
            self.views.add(statement.view.relname)

    def _add_column(self, table, column):
        kind = column.typeName.names[-1].sval
        table.columns[column.colname] = kind
        if kind in ("serial", "smallserial", "bigserial"):
            table.identities.append((column.colname, kind))
        for constraint in column.constraints or ():
            self._add_constraint(table, constraint, column.colname, True)

    def _add_constraint(self, table, constraint, column, inline):
        if constraint.contype in KEYS:
            columns = [key.sval for key in constraint.keys or ()] or [column]
            if constraint.contype == ConstrType.CONSTR_EXCLUSION:
                columns = [part[0].name for part in constraint.exclusions]
            table.keys.append((KEYS[constraint.contype], columns))
        elif constraint.contype == ConstrType.CONSTR_FOREIGN:
            table.foreign.append(([key.sval for key in constraint.fk_attrs or ()] or [column],
                                  constraint.pktable.relname,
                                  [key.sval for key in constraint.pk_attrs or ()],
                                  inline or bool(constraint.conname),
                                  constraint.fk_del_action == "n"))
        elif constraint.contype == ConstrType.CONSTR_IDENTITY:
            table.identities.append((column, table.columns[column]))

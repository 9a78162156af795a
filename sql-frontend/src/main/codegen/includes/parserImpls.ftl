<#-- Productions and tokens of Meridian's dialect; pom.xml patches the template to call the first two. -->

/** PostgreSQL's numbered parameters: $1, $2, ... */
<DEFAULT, DQID, BTID, BQID, BQHID> TOKEN :
{
    < PG_PARAM: "$" ["1"-"9"] (["0"-"9"])* >
}

/** {@code table AS OF SYSTEM TIME expression}: a read at a past timestamp. */
SqlSnapshot AsOfSystemTime(SqlNode tableRef) :
{
    final Span s;
    final SqlNode e;
}
{
    <AS> { s = span(); } <OF> <SYSTEM> <TIME>
    e = Expression(ExprContext.ACCEPT_NON_QUERY)
    {
        return new SqlSnapshot(s.end(this), tableRef, e);
    }
}

/** PostgreSQL's cast: {@code expression::type}. */
void InfixCast(List<Object> list, ExprContext exprContext, Span s) :
{
    final SqlDataTypeSpec type;
}
{
    <INFIX_CAST> { checkNonQueryExpression(exprContext); }
    type = DataType()
    {
        // The cast binds tighter than anything: its operand is the last of the list.
        final SqlNode operand = TableDefinition.castOperand(list.remove(list.size() - 1), getPos());
        list.add(
            SqlStdOperatorTable.CAST.createCall(
                operand.getParserPosition().plus(getPos()), operand, type));
    }
}

boolean IfNotExistsOpt() :
{
}
{
    <IF> <NOT> <EXISTS> { return true; }
|
    { return false; }
}

boolean IfExistsOpt() :
{
}
{
    <IF> <EXISTS> { return true; }
|
    { return false; }
}

SqlNode MeridianCreateTable() :
{
    final Span s;
    final boolean ifNotExists;
    final SqlIdentifier name;
    final SqlIdentifier placement;
    final TableDefinition table = new TableDefinition();
}
{
    <CREATE> { s = span(); } <TABLE>
    ifNotExists = IfNotExistsOpt()
    name = CompoundIdentifier()
    <LPAREN>
    MeridianTableElement(table)
    ( <COMMA> MeridianTableElement(table) )*
    <RPAREN>
    [ [ <COMMA> ] MeridianInterleave(table) ]
    [ <PLACEMENT> placement = SimpleIdentifier() { table.placement(placement); } ]
    {
        return new StatementNode(s.end(this), table.create(name, ifNotExists));
    }
}

void MeridianTableElement(TableDefinition table) :
{
    final SqlIdentifier name;
    final SqlDataTypeSpec type;
}
{
    [ <CONSTRAINT> SimpleIdentifier() ]
    (
        <PRIMARY> { table.beginPrimaryKey(getPos()); } <KEY>
        <LPAREN> MeridianKeyPart(table) ( <COMMA> MeridianKeyPart(table) )* <RPAREN>
    |
        ( <UNIQUE> | <CHECK> | <FOREIGN> ) { table.unsupported(token.image, getPos()); }
    )
|
    name = SimpleIdentifier() type = DataType() { table.column(name, type); }
    ( MeridianColumnConstraint(table) )*
}

void MeridianKeyPart(TableDefinition table) :
{
    final SqlIdentifier name;
    boolean descending = false;
}
{
    name = SimpleIdentifier()
    [ <ASC> | <DESC> { descending = true; } ]
    { table.keyPart(name, descending); }
}

void MeridianColumnConstraint(TableDefinition table) :
{
    final SqlNode value;
}
{
    <NOT> <NULL> { table.notNull(); }
|
    <NULL> { table.explicitNull(getPos()); }
|
    <DEFAULT_> value = MeridianDefault() { table.defaultValue(value); }
|
    <PRIMARY> { table.beginPrimaryKey(getPos()); } <KEY>
    [ <ASC> { table.inlineKey(false); } | <DESC> { table.inlineKey(true); } ]
    { table.endInlineKey(); }
|
    <PLACEMENT> { table.placementKey(getPos()); } <KEY>
|
    ( <UNIQUE> | <CHECK> | <REFERENCES> | <GENERATED> | <CONSTRAINT> )
    { table.unsupported(token.image, getPos()); }
}

/** The value of DEFAULT: an expression that a following NOT NULL does not continue. */
SqlNode MeridianDefault() :
{
    final SqlNode value;
}
{
    value = Expression(ExprContext.ACCEPT_NON_QUERY) { return value; }
}

void MeridianInterleave(TableDefinition table) :
{
    final SqlIdentifier parent;
    boolean cascade = false;
}
{
    <INTERLEAVE> <IN> <PARENT> parent = CompoundIdentifier()
    [ <ON> <DELETE> ( <CASCADE> { cascade = true; } | <NO> <ACTION> ) ]
    { table.interleave(parent, cascade); }
}

SqlNode MeridianDropTable() :
{
    final Span s;
    final boolean ifExists;
    final SqlIdentifier name;
    boolean cascade = false;
}
{
    <DROP> { s = span(); } <TABLE>
    ifExists = IfExistsOpt()
    name = CompoundIdentifier()
    [ <CASCADE> { cascade = true; } | <RESTRICT> ]
    { return new StatementNode(s.end(this), new Statement.DropTable(name, ifExists, cascade)); }
}

SqlNode MeridianCreatePlacement() :
{
    final Span s;
    final boolean ifNotExists;
    final SqlIdentifier name;
    final List<Statement.PlacementOption> choices = new ArrayList<Statement.PlacementOption>();
}
{
    <CREATE> { s = span(); } <PLACEMENT>
    ifNotExists = IfNotExistsOpt()
    name = SimpleIdentifier()
    <OPTIONS> <LPAREN>
    MeridianPlacementOption(choices)
    ( <COMMA> MeridianPlacementOption(choices) )*
    <RPAREN>
    { return new StatementNode(s.end(this), new Statement.CreatePlacement(name, ifNotExists, choices)); }
}

void MeridianPlacementOption(List<Statement.PlacementOption> choices) :
{
    final SqlIdentifier name;
    final SqlNode value;
}
{
    name = SimpleIdentifier() <EQ> value = StringLiteral()
    { choices.add(new Statement.PlacementOption(name, value)); }
}

SqlNode MeridianDropPlacement() :
{
    final Span s;
    final boolean ifExists;
    final SqlIdentifier name;
}
{
    <DROP> { s = span(); } <PLACEMENT>
    ifExists = IfExistsOpt()
    name = SimpleIdentifier()
    { return new StatementNode(s.end(this), new Statement.DropPlacement(name, ifExists)); }
}

SqlNode MeridianAlterPlacement() :
{
    final Span s;
    final SqlIdentifier name;
    final List<Statement.PlacementOption> choices = new ArrayList<Statement.PlacementOption>();
}
{
    <ALTER> { s = span(); } <PLACEMENT>
    name = SimpleIdentifier()
    <OPTIONS> <LPAREN>
    MeridianPlacementOption(choices)
    ( <COMMA> MeridianPlacementOption(choices) )*
    <RPAREN>
    { return new StatementNode(s.end(this), new Statement.AlterPlacement(name, choices)); }
}

SqlNode MeridianAlterTable() :
{
    final Span s;
    final SqlIdentifier table;
    final SqlIdentifier placement;
}
{
    <ALTER> { s = span(); } <TABLE>
    table = CompoundIdentifier()
    (
        <MOVE> <TO> <PLACEMENT> placement = SimpleIdentifier()
        { return new StatementNode(s.end(this), new Statement.MoveTable(table, placement)); }
    |
        ( <ADD> | <DROP> | <ALTER> | <SET> )
        { TableDefinition.unsupportedClause("ALTER TABLE ... " + token.image.toUpperCase(java.util.Locale.ROOT), getPos()); return null; }
    )
}

SqlNode MeridianCall() :
{
    final Span s;
    final SqlIdentifier procedure;
    final List<SqlNode> arguments = new ArrayList<SqlNode>();
    SqlNode argument;
}
{
    <CALL> { s = span(); }
    procedure = CompoundIdentifier()
    <LPAREN>
    [
        argument = Expression(ExprContext.ACCEPT_NON_QUERY) { arguments.add(argument); }
        ( <COMMA> argument = Expression(ExprContext.ACCEPT_NON_QUERY) { arguments.add(argument); } )*
    ]
    <RPAREN>
    { return new StatementNode(s.end(this), new Statement.Call(procedure, arguments)); }
}

Boolean MeridianTransactionMode() :
{
}
{
    <READ> ( <ONLY> { return true; } | <WRITE> { return false; } )
|
    <ISOLATION> <LEVEL>
    ( <READ> SimpleIdentifier() | SimpleIdentifier() [ <READ> ] )
    { return null; }
}

SqlNode MeridianTransactionModes(Span s) :
{
    boolean readOnly = false;
    Boolean mode;
    SqlNode asOf = null;
}
{
    [
        mode = MeridianTransactionMode() { if (mode != null) { readOnly = mode; } }
        ( [ <COMMA> ] mode = MeridianTransactionMode() { if (mode != null) { readOnly = mode; } } )*
    ]
    [ <AS> <OF> <SYSTEM> <TIME> asOf = Expression(ExprContext.ACCEPT_NON_QUERY) ]
    { return new StatementNode(s.end(this), new Statement.Begin(readOnly, asOf)); }
}

SqlNode MeridianBegin() :
{
    final Span s;
    final SqlNode begin;
}
{
    <BEGIN> { s = span(); } [ <TRANSACTION> | <WORK> ]
    begin = MeridianTransactionModes(s)
    { return begin; }
}

SqlNode MeridianStart() :
{
    final Span s;
    final SqlNode begin;
}
{
    <START> { s = span(); } <TRANSACTION>
    begin = MeridianTransactionModes(s)
    { return begin; }
}

SqlNode MeridianCommit() :
{
    final Span s;
}
{
    ( <COMMIT> | <END> ) { s = span(); } [ <TRANSACTION> | <WORK> ]
    { return new StatementNode(s.end(this), new Statement.Commit()); }
}

SqlNode MeridianRollback() :
{
    final Span s;
}
{
    ( <ROLLBACK> | <ABORT> ) { s = span(); } [ <TRANSACTION> | <WORK> ]
    { return new StatementNode(s.end(this), new Statement.Rollback()); }
}

/** The name of a setting; several words of SQL's own settings become one name. */
String MeridianSettingName() :
{
    final SqlIdentifier name;
}
{
    LOOKAHEAD(2)
    <TIME> <ZONE> { return "timezone"; }
|
    LOOKAHEAD(3)
    <TRANSACTION> <ISOLATION> <LEVEL> { return "transaction_isolation"; }
|
    <ALL> { return "all"; }
|
    name = CompoundIdentifier() { return String.join(".", name.names); }
}

SqlNode MeridianShow() :
{
    final Span s;
    final String name;
}
{
    <SHOW> { s = span(); } name = MeridianSettingName()
    { return new StatementNode(s.end(this), new Statement.Show(name)); }
}

SqlNode MeridianReset() :
{
    final Span s;
    final String name;
}
{
    <RESET> { s = span(); } name = MeridianSettingName()
    { return new StatementNode(s.end(this), new Statement.Set(name, null)); }
}

SqlNode MeridianSet() :
{
    final Span s;
    final String name;
    final SqlNode value;
}
{
    <SET> { s = span(); } [ LOOKAHEAD(2) <SESSION> | LOOKAHEAD(2) <LOCAL> ]
    (
        LOOKAHEAD(2)
        <TIME> <ZONE> { name = "timezone"; }
    |
        name = MeridianSettingName() ( <EQ> | <TO> )
    )
    (
        <DEFAULT_> { value = null; }
    |
        <ON> { value = SqlLiteral.createCharString("on", getPos()); }
    |
        LOOKAHEAD(2)
        value = Literal()
    |
        value = SimpleIdentifier()
    )
    { return new StatementNode(s.end(this), new Statement.Set(name, value)); }
}

SqlNode MeridianExplain() :
{
    final Span s;
    final SqlNode statement;
    boolean analyze = false;
}
{
    <EXPLAIN> { s = span(); } [ <ANALYZE> { analyze = true; } ]
    (
        statement = MeridianInsert()
    |
        statement = MeridianUpdate()
    |
        statement = MeridianDelete()
    |
        statement = MeridianQuery()
    )
    { return new StatementNode(s.end(this), new Statement.Explain(analyze, (StatementNode) statement)); }
}

SqlNodeList MeridianReturning() :
{
    final List<SqlNode> list = new ArrayList<SqlNode>();
    final Span s;
}
{
    <RETURNING> { s = span(); }
    AddSelectItem(list)
    ( <COMMA> AddSelectItem(list) )*
    { return new SqlNodeList(list, s.addAll(list).pos()); }
}

SqlNode MeridianInsert() :
{
    final SqlNode insert;
    boolean doNothing = false;
    SqlNodeList returning = null;
}
{
    insert = SqlInsert()
    [
        <ON> <CONFLICT> [ ParenthesizedSimpleIdentifierList() ]
        <DO> ( <NOTHING> { doNothing = true; } | <UPDATE> { TableDefinition.unsupportedClause("ON CONFLICT DO UPDATE", getPos()); } )
    ]
    [ returning = MeridianReturning() ]
    { return new StatementNode(insert.getParserPosition(), new Statement.Dml(insert, doNothing, returning)); }
}

SqlNode MeridianUpdate() :
{
    final SqlNode update;
    SqlNodeList returning = null;
}
{
    update = SqlUpdate()
    [ returning = MeridianReturning() ]
    { return new StatementNode(update.getParserPosition(), new Statement.Dml(update, false, returning)); }
}

SqlNode MeridianDelete() :
{
    final SqlNode delete;
    SqlNodeList returning = null;
}
{
    delete = SqlDelete()
    [ returning = MeridianReturning() ]
    { return new StatementNode(delete.getParserPosition(), new Statement.Dml(delete, false, returning)); }
}

SqlNode MeridianQuery() :
{
    final SqlNode query;
    boolean forUpdate = false;
}
{
    query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    [ <FOR> <UPDATE> { forUpdate = true; } ]
    { return new StatementNode(query.getParserPosition(), new Statement.Query(query, forUpdate)); }
}

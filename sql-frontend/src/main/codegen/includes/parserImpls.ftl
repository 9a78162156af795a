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

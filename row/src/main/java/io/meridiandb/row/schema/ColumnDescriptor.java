package io.meridiandb.row.schema;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.type.SqlType;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table.
 *
 * @param id never reused within the table; what stored rows name it by
 * @param name as the user wrote it, lower-cased unless quoted
 * @param type its type
 * @param nullable whether NULL is allowed; never for a primary key column
 * @param defaultValue what an INSERT without it stores, or null for NULL
 */
public record ColumnDescriptor(
    int id, String name, SqlType type, boolean nullable, @Nullable Expr defaultValue) {}

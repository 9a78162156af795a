package io.meridiandb.row.schema;

/**
 * One part of a primary key.
 *
 * @param column the position of the column in {@link TableDescriptor#columns}
 * @param descending whether keys are stored in falling order
 */
public record KeyPart(int column, boolean descending) {}

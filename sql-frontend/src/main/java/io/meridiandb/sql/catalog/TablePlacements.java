package io.meridiandb.sql.catalog;

import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.parser.Statement.ColumnDefinition;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;

/** Where CREATE TABLE wants rows to be kept, or what is wrong with that and where. */
final class TablePlacements {
  private TablePlacements() {}

  /** Whether a column is declared PLACEMENT KEY. */
  static boolean isKey(Statement.CreateTable statement, ColumnDefinition column) {
    SqlIdentifier key = statement.placement().keyColumn();
    return key != null && key.getSimple().equals(column.name().getSimple());
  }

  /** The placement of a new table. */
  static Placement of(
      Statement.CreateTable statement,
      List<ColumnDescriptor> columns,
      @Nullable TableDescriptor parent,
      List<PlacementInfo> placements) {
    SqlIdentifier name = statement.placement().name();
    SqlIdentifier key = statement.placement().keyColumn();
    if (parent != null) {
      checkInterleaved(statement, parent, name == null ? key : name);
      return Placement.DEFAULT;
    }
    if (key != null) {
      return byRow(columns, key, placements);
    }
    if (name == null) {
      return Placement.DEFAULT;
    }
    long id = find(placements, name).id();
    return new Placement.OfTable(id, id);
  }

  private static void checkInterleaved(
      Statement.CreateTable statement, TableDescriptor parent, @Nullable SqlIdentifier placed) {
    if (placed != null) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.INVALID_TABLE_DEFINITION,
                  "rows of an interleaved table are kept with their parent's, they have no placement of their own")
              .withHint("Place table \"" + parent.root().name() + "\"."),
          placed.getParserPosition());
    }
    TableDescriptor root = parent.root();
    boolean inKey =
        !(root.placement() instanceof Placement.ByRow byRow)
            || root.primaryKey().stream().map(KeyPart::column).anyMatch(c -> c == byRow.column());
    Statement.Interleave interleave = statement.interleave();
    if (!inKey && interleave != null) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.FEATURE_NOT_SUPPORTED,
                  "table \"%s\" is placed by row: to interleave tables in it, its placement key must be part of its primary key"
                      .formatted(root.name()))
              .withHint(
                  "So that a row of the child says by its key where its parent is kept: PRIMARY KEY (%s, ...)."
                      .formatted(root.columns().get(root.placementColumn()).name())),
          interleave.parent().getParserPosition());
    }
  }

  private static Placement byRow(
      List<ColumnDescriptor> columns, SqlIdentifier key, List<PlacementInfo> placements) {
    int position = 0;
    while (!columns.get(position).name().equals(key.getSimple())) {
      position++;
    }
    SqlType type = columns.get(position).type();
    if (type.kind() != SqlType.Kind.TEXT) {
      throw new PositionedException(
          new MeridianException(
              ErrorCode.DATATYPE_MISMATCH,
              "the placement key \"%s\" is of type %s, but names placements: TEXT or VARCHAR"
                  .formatted(key.getSimple(), type.sqlName())),
          key.getParserPosition());
    }
    return new Placement.ByRow(position, names(placements));
  }

  /** The placements that a row may name: all but the default one. */
  static SortedMap<String, Long> names(List<PlacementInfo> placements) {
    SortedMap<String, Long> names = new TreeMap<>();
    for (PlacementInfo placement : placements) {
      if (placement.id() != PlacementInfo.DEFAULT_ID) {
        names.put(placement.name(), placement.id());
      }
    }
    return names;
  }

  /**
   * The placement of a name.
   *
   * @throws PositionedException UNDEFINED_OBJECT, with those that there are
   */
  static PlacementInfo find(List<PlacementInfo> placements, SqlIdentifier name) {
    for (PlacementInfo placement : placements) {
      if (placement.name().equals(name.getSimple())) {
        return placement;
      }
    }
    throw new PositionedException(
        new MeridianException(
                ErrorCode.UNDEFINED_OBJECT, "placement \"" + name.getSimple() + "\" does not exist")
            .withHint(
                "Placements: "
                    + placements.stream().map(PlacementInfo::name).collect(Collectors.joining(", "))
                    + "."),
        name.getParserPosition());
  }
}

package io.meridiandb.sql.session;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.placement.MoveReport;
import io.meridiandb.placement.PlacementAdmin;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Positions;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.sql.plan.StatementPlanner;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.Complete;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.jspecify.annotations.Nullable;

/**
 * CALL of the procedures of {@code meridian_sys}: what an operator does by hand to directories.
 * They are no transactions; each is done, or goes on in the background, once it returns.
 */
final class ProcedureCalls {
  private static final List<PlanColumn> MOVED =
      List.of(
          PlanColumn.of("rows_copied", SqlType.BIGINT),
          PlanColumn.of("bytes_copied", SqlType.BIGINT),
          PlanColumn.of("rounds", SqlType.BIGINT),
          PlanColumn.of("blocked_us", SqlType.BIGINT));

  private static final String GROUP_PREFIX = "group-";

  private final SessionContext session;
  private final PlacementAdmin placements;

  ProcedureCalls(SessionContext session) {
    this.session = session;
    this.placements = session.services().universe().placements();
  }

  /** The columns of what a procedure returns; none for most. */
  static List<PlanColumn> columns(Statement.Call call) {
    return name(call).equals("move_directory") ? MOVED : List.of();
  }

  private static String name(Statement.Call call) {
    return call.procedure().names.getLast();
  }

  Complete.Builder run(String sql, Statement.Call call, RunningRequest request) {
    try {
      switch (name(call)) {
        case "move_directory" -> move(sql, call, request);
        case "split_directory" -> placements.split(border(sql, call));
        case "merge_directories" -> placements.merge(border(sql, call));
        default -> throw unknown(call);
      }
      return Complete.newBuilder().setTag("CALL").setUpdateCount(-1);
    } catch (PositionedException e) {
      throw e.error().at(Positions.of(sql, e.position()));
    }
  }

  private static PositionedException unknown(Statement.Call call) {
    return new PositionedException(
        new MeridianException(
                ErrorCode.UNDEFINED_FUNCTION,
                "procedure " + String.join(".", call.procedure().names) + " does not exist")
            .withHint(
                "Procedures: meridian_sys.move_directory(directory, group),"
                    + " meridian_sys.split_directory(table, key...),"
                    + " meridian_sys.merge_directories(table, key...)."),
        call.procedure().getParserPosition());
  }

  private StatementPlanner planner() {
    return session.services().plans().planner(session.services().catalogs().current());
  }

  private @Nullable Object value(String sql, SqlNode node, SqlType type, String what) {
    return planner().argument(sql, node, type, what);
  }

  private void move(String sql, Statement.Call call, RunningRequest request) {
    List<SqlNode> arguments = call.arguments();
    if (arguments.size() != 2) {
      throw usage(call, "move_directory takes a directory and a group");
    }
    GroupId group = group(sql, arguments.get(1));
    SqlNode directory = arguments.getFirst();
    MoveReport report;
    if (directory instanceof SqlNumericLiteral) {
      Object id = value(sql, directory, SqlType.BIGINT, "the directory");
      report = placements.moveDirectory(id instanceof Long number ? number : 0, group);
    } else {
      report = moveTable(root(sql, directory), group);
    }
    ResultSender sender = session.sender(request);
    sender.describe(MOVED);
    sender.row(
        new Object[] {
          report.rows(), report.bytes(), (long) report.rounds(), report.blockedMicros()
        });
    sender.flush();
  }

  private MoveReport moveTable(TableDescriptor table, GroupId group) {
    MoveReport sum = MoveReport.NOTHING;
    for (long placement : KeyCodec.of(table).placements()) {
      MoveReport next = placements.moveDirectory(KeyCodec.placementRange(table, placement), group);
      sum =
          new MoveReport(
              sum.rows() + next.rows(),
              sum.bytes() + next.bytes(),
              Math.max(sum.blockedMicros(), next.blockedMicros()),
              sum.rounds() + next.rounds());
    }
    return sum;
  }

  private static PositionedException usage(Statement.Call call, String message) {
    return new PositionedException(
        new MeridianException(ErrorCode.UNDEFINED_FUNCTION, message),
        call.procedure().getParserPosition());
  }

  /** A group by its number, or the first group of a placement by that one's name. */
  private GroupId group(String sql, SqlNode node) {
    String text = String.valueOf(value(sql, node, SqlType.TEXT, "the group"));
    String digits = text.startsWith(GROUP_PREFIX) ? text.substring(GROUP_PREFIX.length()) : text;
    if (!digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(Character::isDigit)) {
      return new GroupId(Long.parseLong(digits));
    }
    PlacementInfo placement = placements.find(text);
    if (placement == null || placement.groups().isEmpty()) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.UNDEFINED_OBJECT, "there is no group or placement \"" + text + "\"")
              .withHint("SELECT group_id, placement FROM meridian_sys.groups lists them."),
          node.getParserPosition());
    }
    return placement.groups().getFirst();
  }

  private TableDescriptor root(String sql, SqlNode node) {
    String name = String.valueOf(value(sql, node, SqlType.TEXT, "the table"));
    Catalog catalog = session.services().catalogs().reload();
    TableDescriptor table = catalog.table(name);
    if (table == null) {
      throw new PositionedException(
          new MeridianException(ErrorCode.UNDEFINED_TABLE, "table \"" + name + "\" does not exist"),
          node.getParserPosition());
    }
    if (table.parent() != null) {
      throw new PositionedException(
          new MeridianException(
                  ErrorCode.INVALID_PARAMETER_VALUE,
                  "table \"%s\" is interleaved in \"%s\": directories are made of root rows"
                      .formatted(name, table.root().name()))
              .withHint("Name table \"" + table.root().name() + "\"."),
          node.getParserPosition());
    }
    return table;
  }

  /** The key at which directories meet: a table, its placement if rows have one, key values. */
  private Key border(String sql, Statement.Call call) {
    List<SqlNode> arguments = call.arguments();
    if (arguments.size() < 2) {
      throw usage(call, name(call) + " takes a table and the first key behind the border");
    }
    TableDescriptor table = root(sql, arguments.getFirst());
    KeyCodec codec = KeyCodec.of(table);
    int next = 1;
    if (table.placement() instanceof Placement.ByRow) {
      SqlNode node = arguments.get(next++);
      Long id = codec.placement(value(sql, node, SqlType.TEXT, "the placement"));
      if (id == null) {
        throw new PositionedException(
            new MeridianException(
                    ErrorCode.UNDEFINED_OBJECT, "rows of the table cannot be in that placement")
                .withHint("Behind the table comes the placement, then the key."),
            node.getParserPosition());
      }
      codec = codec.in(id);
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (SqlNode node : arguments.subList(next, arguments.size())) {
      if (values.size() == table.primaryKey().size()) {
        throw usage(call, "the primary key of \"" + table.name() + "\" has fewer parts");
      }
      int column = table.primaryKey().get(values.size()).column();
      values.add(value(sql, node, table.columns().get(column).type(), "the key"));
    }
    return codec.prefix(values);
  }
}

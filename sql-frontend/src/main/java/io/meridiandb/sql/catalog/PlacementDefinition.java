package io.meridiandb.sql.catalog;

import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.sql.parser.PositionedException;
import io.meridiandb.sql.parser.Statement;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Reads the options of CREATE and ALTER PLACEMENT, or says what is wrong with them and where. */
public final class PlacementDefinition {
  private static final List<String> OPTIONS =
      List.of("leader", "voters", "witnesses", "read_only", "mode");

  /** Most replicas of a kind. */
  private static final int REPLICAS_MAX = 15;

  private final Topology topology;
  private final Map<String, SqlParserPos> positions = new LinkedHashMap<>();
  private final Map<String, String> values = new LinkedHashMap<>();

  private PlacementDefinition(Topology topology) {
    this.topology = topology;
  }

  /** The name of a placement, checked for length. */
  public static String name(SqlIdentifier identifier) {
    return TableBuilder.simpleName(identifier);
  }

  /**
   * That a placement does not exist, and which do.
   *
   * @param placements as read after it was missed: if somebody has made it meanwhile, it did not
   *     exist all the same
   */
  public static PositionedException missing(SqlIdentifier name, List<PlacementInfo> placements) {
    List<PlacementInfo> others =
        placements.stream().filter(each -> !each.name().equals(name.getSimple())).toList();
    try {
      TablePlacements.find(others, name);
      throw new IllegalStateException("placement " + name + " exists");
    } catch (PositionedException e) {
      return e;
    }
  }

  /**
   * What a statement asks for.
   *
   * @param topology the zones and regions that it may name
   */
  public static PlacementOptions options(Statement.CreatePlacement statement, Topology topology) {
    PlacementDefinition definition = new PlacementDefinition(topology);
    statement.options().forEach(definition::take);
    return definition.finish(statement.name());
  }

  /**
   * What a statement asks for: what it does not name stays.
   *
   * @param topology the zones and regions that it may name
   */
  public static PlacementOptions options(
      Statement.AlterPlacement statement, PlacementOptions now, Topology topology) {
    PlacementDefinition definition = new PlacementDefinition(topology);
    statement.options().forEach(definition::take);
    definition.keep("leader", now.leader() == null ? "" : now.leader());
    definition.keep("voters", String.join(",", now.voters()));
    definition.keep("witnesses", String.join(",", now.witnesses()));
    definition.keep("read_only", String.join(",", now.readOnly()));
    definition.keep("mode", now.mode().name());
    return definition.finish(statement.name());
  }

  private void keep(String option, String value) {
    if (!value.isEmpty()) {
      values.putIfAbsent(option, value);
    }
  }

  private void take(Statement.PlacementOption option) {
    String name = option.name().getSimple();
    if (!OPTIONS.contains(name)) {
      throw error("placement option \"" + name + "\" does not exist", option.name())
          .hinted("Options: " + String.join(", ", OPTIONS) + ".");
    }
    if (values.containsKey(name)) {
      throw error("placement option \"" + name + "\" is given twice", option.name()).plain();
    }
    values.put(name, String.valueOf(((SqlLiteral) option.value()).getValueAs(String.class)));
    positions.put(name, option.value().getParserPosition());
  }

  private PlacementOptions finish(SqlIdentifier name) {
    List<String> voters = places("voters");
    if (voters.isEmpty()) {
      throw error("placement \"" + name.getSimple() + "\" has no voters", name)
          .hinted("voters = 'zone, zone, zone': each entry is one full replica.");
    }
    List<String> witnesses = places("witnesses");
    String leader = values.getOrDefault("leader", "").strip();
    if (!leader.isEmpty()) {
      checkLeader(leader, voters);
    }
    return new PlacementOptions(
        leader.isEmpty() ? null : leader, voters, witnesses, places("read_only"), mode());
  }

  private List<String> places(String option) {
    List<String> places = new ArrayList<>();
    String text = values.get(option);
    if (text == null || text.isBlank()) {
      return places;
    }
    for (String part : text.split(",", -1)) {
      String place = part.strip();
      if (topology.at(place).isEmpty()) {
        throw unknown(place, option);
      }
      places.add(place);
    }
    if (places.size() > REPLICAS_MAX) {
      throw new Complaint(
              "%s names %d replicas, the limit is %d"
                  .formatted(option, places.size(), REPLICAS_MAX),
              at(option))
          .plain();
    }
    return places;
  }

  private PositionedException unknown(String place, String option) {
    Set<String> regions = new LinkedHashSet<>();
    topology.servers().stream().map(ServerPlace::region).forEach(regions::add);
    return new Complaint(
            "%s names \"%s\", which is neither a region nor a zone".formatted(option, place),
            at(option))
        .hinted(
            "Regions: %s. Zones: %s."
                .formatted(String.join(", ", regions), String.join(", ", topology.zones())));
  }

  /** The leader is one of the voters: its region or zone must have one. */
  private void checkLeader(String leader, List<String> voters) {
    List<ServerPlace> wanted = topology.at(leader);
    if (wanted.isEmpty()) {
      throw unknown(leader, "leader");
    }
    boolean votes =
        voters.stream().anyMatch(voter -> topology.at(voter).stream().anyMatch(wanted::contains));
    if (!votes) {
      throw new Complaint(
              "the leader is to be in \"%s\", where no voter is".formatted(leader), at("leader"))
          .hinted("Voters: " + voters.stream().collect(Collectors.joining(", ")) + ".");
    }
  }

  private PlacementOptions.Mode mode() {
    String text = values.get("mode");
    if (text == null) {
      return PlacementOptions.Mode.REGIONAL;
    }
    for (PlacementOptions.Mode mode : PlacementOptions.Mode.values()) {
      if (mode.name().equals(text.strip().toUpperCase(Locale.ROOT))) {
        return mode;
      }
    }
    throw new Complaint("\"" + text + "\" is no mode of a placement", at("mode"))
        .hinted("Modes: regional, global.");
  }

  private SqlParserPos at(String option) {
    SqlParserPos position = positions.get(option);
    return position == null ? SqlParserPos.ZERO : position;
  }

  private static Complaint error(String message, SqlIdentifier at) {
    return new Complaint(message, at.getParserPosition());
  }

  private record Complaint(String message, SqlParserPos position) {
    PositionedException hinted(@Nullable String hint) {
      MeridianException error =
          new MeridianException(ErrorCode.INVALID_PARAMETER_VALUE, message, hint, 0, null);
      return new PositionedException(error, position);
    }

    PositionedException plain() {
      return hinted(null);
    }
  }
}

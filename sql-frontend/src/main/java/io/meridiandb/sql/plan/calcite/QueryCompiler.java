package io.meridiandb.sql.plan.calcite;

import java.util.List;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.metadata.ProxyingMetadataHandlerProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql2rel.RelDecorrelator;
import org.apache.calcite.sql2rel.RelFieldTrimmer;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.apache.calcite.tools.RelBuilder;

/**
 * Calcite's part of planning: validation, translation to relational algebra, and the rewritings
 * that are right whatever the data is. One instance serves one statement, on one thread.
 */
public final class QueryCompiler {
  /** With so many relations or more the join order is searched for. */
  private static final int REORDER_RELATIONS_MIN = 3;

  /** With more than so many the order of the statement is kept. */
  private static final int REORDER_RELATIONS_MAX = 10;

  /** So often a list of rules may fire: ends rules that feed each other. */
  private static final int MATCHES_MAX = 5_000;

  private static final List<RelOptRule> SUBQUERIES =
      List.of(
          CoreRules.FILTER_SUB_QUERY_TO_CORRELATE,
          CoreRules.PROJECT_SUB_QUERY_TO_CORRELATE,
          CoreRules.JOIN_SUB_QUERY_TO_CORRELATE);

  private static final List<RelOptRule> NORMALISE =
      List.of(
          CoreRules.FILTER_INTO_JOIN,
          CoreRules.JOIN_CONDITION_PUSH,
          CoreRules.FILTER_PROJECT_TRANSPOSE,
          CoreRules.FILTER_AGGREGATE_TRANSPOSE,
          CoreRules.FILTER_SET_OP_TRANSPOSE,
          CoreRules.FILTER_MERGE,
          CoreRules.PROJECT_MERGE,
          CoreRules.PROJECT_REMOVE,
          CoreRules.UNION_MERGE,
          CoreRules.PROJECT_TO_SEMI_JOIN,
          CoreRules.JOIN_TO_SEMI_JOIN);

  private static final List<RelOptRule> TRANSITIVE =
      List.of(CoreRules.JOIN_PUSH_TRANSITIVE_PREDICATES);

  private static final List<RelOptRule> TO_MULTI_JOIN =
      List.of(CoreRules.JOIN_TO_MULTI_JOIN, CoreRules.PROJECT_MULTI_JOIN_MERGE);

  private static final List<RelOptRule> ORDER_JOINS = List.of(CoreRules.MULTI_JOIN_OPTIMIZE);

  private final MeridianValidator validator;
  private final MeridianCatalogReader catalog;
  private final RelOptCluster cluster;

  /** A compiler that resolves names in {@code schema} and collects parameter types. */
  public QueryCompiler(CalciteSchema schema, ParameterTypes parameters) {
    MeridianTypeFactory types = new MeridianTypeFactory();
    this.catalog = new MeridianCatalogReader(schema, types);
    this.validator = new MeridianValidator(catalog, types, parameters);
    HepPlanner planner = new HepPlanner(HepProgram.builder().build());
    // Constants stay as they are: the evaluator folds them with the meaning they have at run time.
    planner.setExecutor((builder, constants, reduced) -> reduced.addAll(constants));
    this.cluster = RelOptCluster.create(planner, new RexBuilder(types));
    cluster.setMetadataProvider(DefaultRelMetadataProvider.INSTANCE);
    cluster.setMetadataQuerySupplier(() ->
        new RelMetadataQuery(
            new ProxyingMetadataHandlerProvider(DefaultRelMetadataProvider.INSTANCE)) {});
  }

  /** Calcite's factory of row expressions. */
  public RexBuilder rexBuilder() {
    return cluster.getRexBuilder();
  }

  /**
   * The relational algebra of a query as it is written, before any rewriting.
   *
   * @throws RuntimeException of Calcite's kinds; {@link CalciteErrors} explains them
   */
  public RelRoot translate(SqlNode query) {
    return convert(validate(query));
  }

  /** The query with names resolved and types checked. */
  public SqlNode validate(SqlNode query) {
    SqlNode ours = query.accept(new NodeRewriter());
    return validator.validate(ours == null ? query : ours);
  }

  /** The relational algebra of a validated query. */
  public RelRoot convert(SqlNode valid) {
    SqlToRelConverter converter =
        new SqlToRelConverter(
            (rowType, queryString, schemaPath, viewPath) -> {
              throw new IllegalStateException("there are no views to expand");
            },
            validator,
            catalog,
            cluster,
            StandardConvertletTable.INSTANCE,
            SqlToRelConverter.config()
                .withExpand(false)
                .withInSubQueryThreshold(Integer.MAX_VALUE)
                .withTrimUnusedFields(false)
                .withDecorrelationEnabled(false));
    return converter.convertQuery(valid, false, true);
  }

  /**
   * The query's algebra, rewritten: no subqueries, filters low, no unused columns, joins ordered.
   */
  public RelNode optimise(RelRoot root) {
    RelNode rel = root.project();
    rel = hep(rel, SUBQUERIES);
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(cluster, null);
    rel = RelDecorrelator.decorrelateQuery(rel, builder);
    rel = hep(rel, NORMALISE);
    if (countJoins(rel) > 0) {
      rel = hep(rel, TRANSITIVE);
      rel = hep(rel, NORMALISE);
    }
    rel = new RelFieldTrimmer(null, builder).trim(rel);
    if (shouldReorder(rel)) {
      rel = hep(rel, TO_MULTI_JOIN);
      rel = hep(rel, ORDER_JOINS);
    }
    return hep(rel, NORMALISE);
  }

  private static boolean shouldReorder(RelNode rel) {
    int relations = countJoins(rel) + 1;
    return relations >= REORDER_RELATIONS_MIN
        && relations <= REORDER_RELATIONS_MAX
        && onlyInnerJoins(rel);
  }

  private static int countJoins(RelNode rel) {
    int joins = rel instanceof Join ? 1 : 0;
    for (RelNode input : rel.getInputs()) {
      joins += countJoins(input);
    }
    return joins;
  }

  private static boolean onlyInnerJoins(RelNode rel) {
    return (!(rel instanceof Join join) || join.getJoinType() == JoinRelType.INNER)
        && rel.getInputs().stream().allMatch(QueryCompiler::onlyInnerJoins);
  }

  private RelNode hep(RelNode rel, List<RelOptRule> rules) {
    HepProgramBuilder program = HepProgram.builder();
    program.addMatchOrder(HepMatchOrder.BOTTOM_UP);
    program.addMatchLimit(MATCHES_MAX);
    program.addRuleCollection(rules);
    HepPlanner planner = new HepPlanner(program.build());
    planner.setExecutor(cluster.getPlanner().getExecutor());
    planner.setRoot(rel);
    return planner.findBestExp();
  }
}

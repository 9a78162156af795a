package io.meridiandb.sql.plan.calcite;

import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.parser.MeridianConformance;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorCatalogReader;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

/**
 * Calcite's validator with types for parameters wherever they stand (Calcite refuses {@code SELECT
 * ?} and {@code ? + ?}). One instance validates one statement.
 */
public final class MeridianValidator extends SqlValidatorImpl {
  private final ParameterTypes parameters;

  public MeridianValidator(
      SqlValidatorCatalogReader catalog,
      RelDataTypeFactory typeFactory,
      ParameterTypes parameters) {
    super(
        MeridianOperatorTable.INSTANCE,
        catalog,
        typeFactory,
        SqlValidator.Config.DEFAULT
            .withConformance(MeridianConformance.INSTANCE)
            .withDefaultNullCollation(NullCollation.HIGH)
            .withIdentifierExpansion(true)
            .withCallRewrite(true));
    this.parameters = parameters;
  }

  @Override
  protected void inferUnknownTypes(
      RelDataType inferredType, SqlValidatorScope scope, SqlNode node) {
    if (node instanceof SqlDynamicParam parameter) {
      setValidatedNodeType(node, parameterType(parameter, inferredType));
    } else {
      super.inferUnknownTypes(inferredType, scope, node);
    }
  }

  private RelDataType parameterType(SqlDynamicParam parameter, RelDataType inferredType) {
    SqlType type = parameters.resolve(parameter.getIndex(), contextType(inferredType));
    return RelTypes.toRel(typeFactory, type, true);
  }

  private static @Nullable SqlType contextType(RelDataType inferredType) {
    SqlTypeName name = inferredType.getSqlTypeName();
    boolean open =
        name == SqlTypeName.UNKNOWN
            || name == SqlTypeName.NULL
            || name == SqlTypeName.ANY
            || name == SqlTypeName.SYMBOL
            || SqlTypeName.INTERVAL_TYPES.contains(name)
            || inferredType.isStruct();
    return open ? null : RelTypes.toSql(inferredType);
  }

  @Override
  public RelDataType deriveType(SqlValidatorScope scope, SqlNode expr) {
    if (expr instanceof SqlDynamicParam parameter) {
      SqlType known = parameters.known(parameter.getIndex());
      if (known != null) {
        RelDataType type = RelTypes.toRel(typeFactory, known, true);
        if (getValidatedNodeTypeIfKnown(expr) == null) {
          setValidatedNodeType(expr, type);
        }
        return type;
      }
    }
    return super.deriveType(scope, expr);
  }
}

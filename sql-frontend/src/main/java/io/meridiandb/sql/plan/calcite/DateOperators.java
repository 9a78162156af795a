package io.meridiandb.sql.plan.calcite;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlMonotonicBinaryOperator;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/**
 * Plus and minus with what PostgreSQL adds to the standard: a date plus or minus a number of days
 * is a date, a date minus a date is a number of days.
 */
final class DateOperators {
  private static final int PRECEDENCE = 40;

  private static final SqlReturnTypeInference TYPE =
      binding -> {
        RelDataType left = binding.getOperandType(0);
        RelDataType right = binding.getOperandType(1);
        if (left.getSqlTypeName() != SqlTypeName.DATE) {
          return ReturnTypes.NULLABLE_SUM.inferReturnType(binding);
        }
        RelDataTypeFactory factory = binding.getTypeFactory();
        boolean nullable = left.isNullable() || right.isNullable();
        if (SqlTypeUtil.isIntType(right)) {
          return factory.createTypeWithNullability(
              factory.createSqlType(SqlTypeName.DATE), nullable);
        }
        return right.getSqlTypeName() == SqlTypeName.DATE
            ? factory.createTypeWithNullability(
                factory.createSqlType(SqlTypeName.INTEGER), nullable)
            : ReturnTypes.NULLABLE_SUM.inferReturnType(binding);
      };

  /** Both, for the operator table. */
  static final List<SqlOperator> ALL =
      List.of(
          operator("+", SqlKind.PLUS, new Dates(OperandTypes.PLUS_OPERATOR)),
          operator("-", SqlKind.MINUS, new Dates(OperandTypes.MINUS_OPERATOR)));

  /**
   * Takes dates as they are, without converting timestamps to them, and everything else that the
   * standard takes.
   */
  private record Dates(SqlOperandTypeChecker standard) implements SqlOperandTypeChecker {
    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      RelDataType left = binding.getOperandType(0);
      RelDataType right = binding.getOperandType(1);
      boolean days = SqlTypeUtil.isIntType(right);
      boolean dates =
          right.getSqlTypeName() == SqlTypeName.DATE
              && binding.getOperator().getKind() == SqlKind.MINUS;
      return (left.getSqlTypeName() == SqlTypeName.DATE && (days || dates))
          || standard.checkOperandTypes(binding, throwOnFailure);
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
      return standard.getOperandCountRange();
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
      return standard.getAllowedSignatures(operator, name);
    }
  }

  private DateOperators() {}

  private static SqlBinaryOperator operator(
      String name, SqlKind kind, SqlOperandTypeChecker operands) {
    return new SqlMonotonicBinaryOperator(
        name, kind, PRECEDENCE, true, TYPE, InferTypes.FIRST_KNOWN, operands);
  }
}

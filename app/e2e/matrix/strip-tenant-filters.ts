/** Takes the app's own tenant filters out of its queries, so that row-level security alone is left. For tests. */
import {
  BinaryOperationNode,
  ColumnNode,
  type OperationNode,
  OperationNodeTransformer,
  OperatorNode,
  PostgresDialect,
  type QueryId,
  RawNode,
  ReferenceNode,
  ValueNode,
} from "kysely";

/** `tenant_id = $n` becomes `true = true`; in SQL text it becomes `($n::text is not null)`, as its parameter must stay. */
class TenantFilterStripper extends OperationNodeTransformer {
  stripped = 0;

  protected override transformBinaryOperation(
    node: BinaryOperationNode,
    queryId?: QueryId,
  ): BinaryOperationNode {
    const { leftOperand, operator, rightOperand } = node;
    const isFilter =
      namesTenant(leftOperand) &&
      OperatorNode.is(operator) &&
      operator.operator === "=" &&
      ValueNode.is(rightOperand);
    if (!isFilter) return super.transformBinaryOperation(node, queryId);
    this.stripped++;
    const yes = ValueNode.createImmediate(true);
    return BinaryOperationNode.create(yes, OperatorNode.create("="), yes);
  }

  protected override transformRaw(node: RawNode, queryId?: QueryId): RawNode {
    const raw = super.transformRaw(node, queryId);
    const fragments = [...raw.sqlFragments];
    raw.parameters.forEach((parameter, n) => {
      const before = fragments[n] ?? "";
      const filter = /(?<![\w.])(?:\w+\.)?tenant_id\s*=\s*$/.exec(before);
      if (!filter || !ValueNode.is(parameter)) return;
      fragments[n] = `${before.slice(0, filter.index)}(`;
      fragments[n + 1] = `::text is not null)${(fragments[n + 1] ?? "").replace(/^::uuid/, "")}`;
      this.stripped++;
    });
    return RawNode.create(fragments, raw.parameters);
  }
}

function namesTenant(node: OperationNode): boolean {
  if (!ReferenceNode.is(node) || !ColumnNode.is(node.column)) return false;
  return node.column.column.name === "tenant_id";
}

/**
 * From now on every query of this process is compiled without its tenant filters. `told` hears of each one that lost
 * some, while its author is still on the stack.
 */
export function stripTenantFilters(told: () => void): void {
  const createCompiler = PostgresDialect.prototype.createQueryCompiler;
  PostgresDialect.prototype.createQueryCompiler = function (this: PostgresDialect) {
    const compiler = createCompiler.call(this);
    const compile = compiler.compileQuery.bind(compiler);
    compiler.compileQuery = (node, queryId) => {
      const stripper = new TenantFilterStripper();
      const without = stripper.transformNode(node, queryId);
      if (stripper.stripped > 0) told();
      return compile(without, queryId);
    };
    return compiler;
  };
}

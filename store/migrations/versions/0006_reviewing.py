"""What reviewing leaves: revisions, comments, who looks at what, put-off proposals, approvals that can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    _handling()
    _settling()
    _measuring()
    _queue_indexes()


def _handling() -> None:
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('snoozed_until', Moment(), nullable=True))
        batch_op.add_column(sa.Column('assigned_to', sa.String(), nullable=True))
        batch_op.create_index('ix_proposal_assigned_to', ['assigned_to'], unique=False)
    op.create_table(
        'revision',
        sa.Column('proposal_id', sa.Integer(), sa.ForeignKey('proposal.id'), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('change', sa.String(), nullable=False),
        sa.Column('actor', sa.String(), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.Column('content', JsonColumn, nullable=False),
        sa.PrimaryKeyConstraint('proposal_id', 'version'),
    )
    op.create_table(
        'comment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('proposal_id', sa.Integer(), sa.ForeignKey('proposal.id'), nullable=False),
        sa.Column('actor', sa.String(), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_comment_proposal_id', 'comment', ['proposal_id'])
    op.create_table(
        'presence',
        sa.Column('proposal_id', sa.Integer(), sa.ForeignKey('proposal.id'), nullable=False),
        sa.Column('login', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('since', Moment(), nullable=False),
        sa.Column('seen_at', Moment(), nullable=False),
        sa.PrimaryKeyConstraint('proposal_id', 'login'),
    )


def downgrade() -> None:
    """Take back."""
    _no_queue_indexes()
    _no_measuring()
    _no_settling()
    _no_handling()


def _no_handling() -> None:
    for table in ('presence', 'comment', 'revision'):
        op.drop_table(table)
    op.drop_index('ix_proposal_assigned_to', table_name='proposal')
    for column in ('snoozed_until', 'assigned_to'):
        op.execute(f'ALTER TABLE proposal DROP COLUMN {column}')


_ESCALATION = ('taken_by', 'taken_at', 'closed_by', 'closed_at', 'note')


def _settling() -> None:
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settles_at', Moment(), nullable=True))
    waiting = sa.text('settles_at IS NOT NULL')
    op.create_index('ix_proposal_settles', 'proposal', ['settles_at'], sqlite_where=waiting, postgresql_where=waiting)
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('taken_by', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('taken_at', Moment(), nullable=True))
        batch_op.add_column(sa.Column('closed_by', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('closed_at', Moment(), nullable=True))
        batch_op.add_column(sa.Column('note', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.alter_column('note', existing_type=sa.String(), existing_nullable=False, server_default=None)
        batch_op.create_index('ix_escalation_status', ['status', 'id'])


_LISTS = {'promise': ['status', 'due'], 'plan': ['status'], 'dispute': ['status', 'due'], 'payment_check': ['status']}


def _measuring() -> None:
    for table, columns in _LISTS.items():
        op.create_index(f'ix_{table}_status', table, columns)
    op.create_table(
        'decision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('proposal_id', sa.Integer(), sa.ForeignKey('proposal.id'), nullable=False),
        sa.Column('decided_at', Moment(), nullable=False),
        sa.Column('actor', sa.String(), nullable=False),
        sa.Column('automatic', sa.Boolean(), nullable=False),
        sa.Column('outcome', sa.String(), nullable=False),
        sa.Column('why', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('first', sa.Boolean(), nullable=False),
        sa.Column('tier', sa.String(), nullable=False),
        sa.Column('cents', sa.BigInteger(), nullable=False),
        sa.Column('reader', sa.String(), nullable=False),
        sa.Column('model', sa.String(), nullable=False),
        sa.Column('review_seconds', sa.Integer(), nullable=False),
        sa.Column('reply_seconds', sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_decision_proposal_id', 'decision', ['proposal_id'])
    op.create_index('ix_decision_at', 'decision', ['first', 'decided_at'])
    op.create_index('ix_decision_cell', 'decision', ['reason', 'tier', 'id'])
    op.create_table(
        'autonomy_cell',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('band', sa.String(), nullable=False),
        sa.Column('tier', sa.String(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('changed_by', sa.String(), nullable=False),
        sa.Column('changed_at', Moment(), nullable=False),
        sa.Column('decided', sa.Integer(), nullable=False),
        sa.Column('unedited', sa.Integer(), nullable=False),
        sa.Column('why', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('reason', 'band', 'tier'),
    )


def _no_measuring() -> None:
    for table in _LISTS:
        op.drop_index(f'ix_{table}_status', table_name=table)
    for table in ('autonomy_cell', 'decision'):
        op.drop_table(table)


def _no_settling() -> None:
    op.drop_index('ix_escalation_status', table_name='escalation')
    for column in _ESCALATION:
        op.execute(f'ALTER TABLE escalation DROP COLUMN {column}')
    op.drop_index('ix_proposal_settles', table_name='proposal')
    op.execute('ALTER TABLE proposal DROP COLUMN settles_at')


_QUEUE = {
    'ix_proposal_queue': (
        'rank DESC', 'id', 'reason', 'tier', 'owner', 'language', 'assigned_to', 'flags', 'safe', 'stake', 'currency',
        'snoozed_until', 'status',
    ),
    'ix_proposal_queue_reason': ('reason', 'rank DESC', 'id'),
    'ix_proposal_queue_owner': ('owner', 'rank DESC', 'id'),
    'ix_proposal_queue_assigned': ('assigned_to', 'rank DESC', 'id'),
    'ix_proposal_queue_stake': ('stake',),
}  # fmt: skip


def _queue_indexes() -> None:
    """Index what waits, by all that the list is ordered and filtered by (the columns are of 0005 and of `_handling`)."""
    for name, columns in _QUEUE.items():
        op.execute(f"CREATE INDEX {name} ON proposal ({', '.join(columns)}) WHERE NOT (status <> 'held')")
    op.execute("CREATE INDEX ix_proposal_unkeyed ON proposal (id) WHERE came_at IS NULL AND NOT (status <> 'held')")


def _no_queue_indexes() -> None:
    for name in (*_QUEUE, 'ix_proposal_unkeyed'):
        op.drop_index(name, table_name='proposal')

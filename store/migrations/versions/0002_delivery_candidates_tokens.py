"""Contacts that mail does not reach, whose an unmatched mail could be, and reply tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.add_column(sa.Column('delivery', sa.String(), nullable=False, server_default='ok'))
        batch_op.add_column(sa.Column('delivery_since', Moment(), nullable=True))
        batch_op.add_column(sa.Column('delivery_note', sa.String(), nullable=True))
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('candidates', JsonColumn, nullable=False, server_default='[]'))
    with op.batch_alter_table('outgoing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reply_token', sa.String(), nullable=True))
        batch_op.create_index('uq_outgoing_reply_token', ['reply_token'], unique=True)


def downgrade() -> None:
    """Take the columns away; what they held is lost. By plain statements: a batch would drop tables that others point at."""
    op.drop_index('uq_outgoing_reply_token', table_name='outgoing')
    for table, column in (
        ('outgoing', 'reply_token'),
        ('message', 'candidates'),
        ('contact', 'delivery_note'),
        ('contact', 'delivery_since'),
        ('contact', 'delivery'),
    ):
        op.execute(f'ALTER TABLE {table} DROP COLUMN {column}')

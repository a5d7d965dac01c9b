"""Portal items, payment searches, wakings, documents of ours, closed invoices; how promises, plans and disputes end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment, Money

revision = '0003'
down_revision = '0002'

LIVE = "status != 'void' AND followup_id IS NULL"
WOKEN = "status != 'void' AND followup_id IS NOT NULL"
BEFORE = "status != 'void'"


def upgrade() -> None:
    """Apply."""
    op.create_table('closure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('invoice_number', sa.String(), nullable=False),
    sa.Column('customer_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('set_by', sa.String(), nullable=False),
    sa.Column('because', sa.String(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('amount', Money(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('days_late', sa.Integer(), nullable=False),
    sa.Column('product', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['invoice_number'], ['invoice.number'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('invoice_number')
    )
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.create_index('ix_closure_customer_id', ['customer_id'], unique=False)
    op.create_table('company_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('invoice_number', sa.String(), nullable=True),
    sa.Column('document_sha256', sa.String(), nullable=False),
    sa.Column('added_by', sa.String(), nullable=False),
    sa.Column('added_at', Moment(), nullable=False),
    sa.Column('withdrawn_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['document_sha256'], ['document.sha256'], ),
    sa.ForeignKeyConstraint(['invoice_number'], ['invoice.number'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('company_document', schema=None) as batch_op:
        batch_op.create_index('ix_company_document_invoice_number', ['invoice_number'], unique=False)
        batch_op.create_index('ix_company_document_kind', ['kind'], unique=False)
    op.create_table('followup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('newest_message', sa.Integer(), nullable=False),
    sa.Column('effect_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('claimed_by', sa.String(), nullable=True),
    sa.Column('claimed_until', Moment(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], ),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['effect_id'], ['effect.id'], ),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('kind', 'subject_id', 'due_on')
    )
    with op.batch_alter_table('followup', schema=None) as batch_op:
        batch_op.create_index('ix_followup_case_id', ['case_id'], unique=False)
        batch_op.create_index('ix_followup_customer_id', ['customer_id'], unique=False)
        batch_op.create_index('ix_followup_due', ['state', 'claimed_until'], unique=False)
        batch_op.create_index('ix_followup_message_id', ['message_id'], unique=False)
    op.create_table('payment_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.String(), nullable=False),
    sa.Column('invoices', JsonColumn, nullable=False),
    sa.Column('payments', JsonColumn, nullable=False),
    sa.Column('applications', JsonColumn, nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('explanation', sa.String(), nullable=False),
    sa.Column('pause_until', sa.Date(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('effect_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['effect_id'], ['effect.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('payment_check', schema=None) as batch_op:
        batch_op.create_index('ix_payment_check_customer_id', ['customer_id'], unique=False)
    op.create_table('portal_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.String(), nullable=False),
    sa.Column('invoice_number', sa.String(), nullable=False),
    sa.Column('portal', sa.String(), nullable=False),
    sa.Column('fields', JsonColumn, nullable=False),
    sa.Column('missing', JsonColumn, nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('moves', JsonColumn, nullable=False),
    sa.Column('effect_id', sa.Integer(), nullable=False),
    sa.Column('updated_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], ),
    sa.ForeignKeyConstraint(['effect_id'], ['effect.id'], ),
    sa.ForeignKeyConstraint(['invoice_number'], ['invoice.number'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('portal_item', schema=None) as batch_op:
        batch_op.create_index('ix_portal_item_customer_id', ['customer_id'], unique=False)
        batch_op.create_index('ix_portal_item_invoice_number', ['invoice_number'], unique=False)
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed_at', Moment(), nullable=True))
    with op.batch_alter_table('contact', schema=None) as batch_op:
        batch_op.add_column(sa.Column('verified_at', Moment(), nullable=True))
        batch_op.add_column(sa.Column('verified_how', sa.String(), nullable=True))
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answers', sa.Integer(), nullable=True))
        batch_op.create_index('ix_message_answers', ['answers'], unique=False)
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('portal', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('supplier_number', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('kept_on', sa.Date(), nullable=True))
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.add_column(sa.Column('method', sa.String(), nullable=False, server_default='transfer'))
        batch_op.add_column(sa.Column('wait_until', sa.Date(), nullable=True))
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.add_column(sa.Column('owner', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('due', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('credit', Money(), nullable=True))
        batch_op.add_column(sa.Column('ended_by', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('ended_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('ending', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('instalment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('status', sa.String(), nullable=False, server_default='open'))
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('product', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('round', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('ended_on', sa.Date(), nullable=True))
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('followup_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('edited_by', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('approved_first_by', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('approved_first_version', sa.Integer(), nullable=True))
        batch_op.create_index('ix_proposal_followup_id', ['followup_id'], unique=False)
        batch_op.create_index('uq_proposal_followup', ['followup_id'], unique=True, sqlite_where=sa.text(WOKEN), postgresql_where=sa.text(WOKEN))
    with op.batch_alter_table('resubmission', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answer_due', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('exported_at', Moment(), nullable=True))
    op.drop_index('uq_proposal_live', table_name='proposal')
    op.create_index('uq_proposal_live', 'proposal', ['message_id'], unique=True, sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE))


def downgrade() -> None:
    """Take the tables and columns away; what they held is lost. By plain statements: a batch would drop tables that others point at."""
    op.execute("DELETE FROM proposal WHERE followup_id IS NOT NULL")
    op.drop_index('uq_proposal_followup', table_name='proposal')
    op.drop_index('ix_proposal_followup_id', table_name='proposal')
    op.drop_index('uq_proposal_live', table_name='proposal')
    op.drop_index('ix_message_answers', table_name='message')
    for table, column in (
        ('message', 'answers'),
        ('resubmission', 'exported_at'),
        ('resubmission', 'answer_due'),
        ('proposal', 'approved_first_version'),
        ('proposal', 'approved_first_by'),
        ('proposal', 'edited_by'),
        ('proposal', 'followup_id'),
        ('plan', 'ended_on'),
        ('plan', 'round'),
        ('invoice', 'product'),
        ('instalment', 'status'),
        ('dispute', 'ending'),
        ('dispute', 'ended_on'),
        ('dispute', 'ended_by'),
        ('dispute', 'credit'),
        ('dispute', 'due'),
        ('dispute', 'owner'),
        ('promise', 'wait_until'),
        ('promise', 'method'),
        ('customer', 'kept_on'),
        ('customer', 'supplier_number'),
        ('customer', 'portal'),
        ('contact', 'verified_how'),
        ('contact', 'verified_at'),
        ('case', 'closed_at'),
    ):
        op.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
    op.create_index('uq_proposal_live', 'proposal', ['message_id'], unique=True, sqlite_where=sa.text(BEFORE), postgresql_where=sa.text(BEFORE))
    for table in ('portal_item', 'company_document', 'closure', 'payment_check', 'followup'):
        op.drop_table(table)

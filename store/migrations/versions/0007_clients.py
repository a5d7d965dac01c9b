"""Tokens of the JSON API, drafts in mailboxes, digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply."""
    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('scopes', JsonColumn, nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('last_used_at', Moment(), nullable=True),
    sa.Column('revoked_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('sha256')
    )
    op.create_index('ix_api_token_login', 'api_token', ['login'], unique=False)
    op.create_index('ix_api_token_person_id', 'api_token', ['person_id'], unique=False)
    op.create_table('filed_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mailbox', sa.String(), nullable=False),
    sa.Column('message_id_header', sa.String(), nullable=False),
    sa.Column('words_sha256', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.Column('sent_message_id', sa.Integer(), nullable=True),
    sa.Column('edited', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], ),
    sa.ForeignKeyConstraint(['sent_message_id'], ['message.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('message_id_header'),
    sa.UniqueConstraint('proposal_id', 'version')
    )
    op.create_index('ix_filed_draft_proposal_id', 'filed_draft', ['proposal_id'], unique=False)
    op.create_index('ix_filed_draft_state', 'filed_draft', ['state'], unique=False)
    op.create_table('digest_sent',
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('message_id_header', sa.String(), nullable=False),
    sa.Column('items', sa.Integer(), nullable=False),
    sa.Column('sent_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('address', 'day'),
    sa.UniqueConstraint('message_id_header')
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('digest_sent')
    op.drop_table('filed_draft')
    op.drop_table('api_token')

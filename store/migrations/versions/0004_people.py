"""Persons, their sessions and invitations; tries that are limited; four eyes as constraints of the proposals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0004"
down_revision = "0003"

TWO = (
    "NOT second_person OR status IN ('held', 'rejected', 'void') OR (approved_first_by IS NOT NULL "
    "AND decided_by IS NOT NULL AND approved_first_by <> decided_by AND approved_first_version = version - 1)"
)
NOT_EDITOR = (
    "NOT not_by_editor OR status IN ('held', 'rejected', 'void') OR edited_by IS NULL "
    "OR (decided_by IS NOT NULL AND edited_by <> decided_by)"
)


def upgrade() -> None:
    """Apply."""
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=True),
    sa.Column('totp_sealed', sa.String(), nullable=True),
    sa.Column('totp_step', sa.BigInteger(), nullable=False),
    sa.Column('oidc_issuer', sa.String(), nullable=True),
    sa.Column('oidc_subject', sa.String(), nullable=True),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('joined_at', Moment(), nullable=True),
    sa.Column('seen_at', Moment(), nullable=True),
    sa.Column('disabled_at', Moment(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('login'),
    sa.UniqueConstraint('oidc_issuer', 'oidc_subject')
    )
    op.create_table('person_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('browser', sa.String(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('seen_at', Moment(), nullable=False),
    sa.Column('proven_at', Moment(), nullable=True),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.Column('ended_why', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_index('ix_person_session_person', 'person_session', ['person_id', 'ended_at'], unique=False)
    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('created_at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_index('ix_invitation_person_id', 'invitation', ['person_id'], unique=False)
    op.create_table('limited_try',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('expires_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_limited_try_key', 'limited_try', ['key', 'at'], unique=False)
    op.create_index('ix_limited_try_expires_at', 'limited_try', ['expires_at'], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a constraint to a table only together with a column; making the table anew would break what refers to it.
        op.execute(f"ALTER TABLE proposal ADD COLUMN second_person BOOLEAN DEFAULT 0 NOT NULL CONSTRAINT ck_proposal_second_person CHECK ({TWO})")
        op.execute(f"ALTER TABLE proposal ADD COLUMN not_by_editor BOOLEAN DEFAULT 0 NOT NULL CONSTRAINT ck_proposal_not_by_editor CHECK ({NOT_EDITOR})")
    else:
        op.add_column('proposal', sa.Column('second_person', sa.Boolean(), nullable=False, server_default=sa.false()))
        op.add_column('proposal', sa.Column('not_by_editor', sa.Boolean(), nullable=False, server_default=sa.false()))
        op.create_check_constraint('ck_proposal_second_person', 'proposal', TWO)
        op.create_check_constraint('ck_proposal_not_by_editor', 'proposal', NOT_EDITOR)


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint('ck_proposal_not_by_editor', 'proposal')
        op.drop_constraint('ck_proposal_second_person', 'proposal')
    op.execute("ALTER TABLE proposal DROP COLUMN not_by_editor")
    op.execute("ALTER TABLE proposal DROP COLUMN second_person")
    op.drop_table('limited_try')
    op.drop_index('ix_invitation_person_id', table_name='invitation')
    op.drop_table('invitation')
    op.drop_index('ix_person_session_person', table_name='person_session')
    op.drop_table('person_session')
    op.drop_table('person')

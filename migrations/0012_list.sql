CREATE INDEX "conversation_activity" ON "conversation" USING btree ("activity_at");--> statement-breakpoint
CREATE INDEX "conversation_changed" ON "conversation" USING btree ("changed_xid");--> statement-breakpoint
CREATE INDEX "member_joined" ON "member" USING btree ("person_id","joined_at") WHERE "member"."joined_at" is not null;
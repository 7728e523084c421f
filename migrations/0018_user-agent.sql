ALTER TABLE "session" ADD COLUMN "user_agent" text;--> statement-breakpoint
UPDATE "session" SET "user_agent" = "name", "name" = '' WHERE "client" = 'web';

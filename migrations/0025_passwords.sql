-- Whoever looked after people could make links into their accounts, moderators among them; now that is a right of its own.
INSERT INTO "role_permission" ("role", "permission") SELECT 'admin', 'passwords'
	WHERE EXISTS (SELECT FROM "role_permission" WHERE "role" = 'admin' AND "permission" = 'people');--> statement-breakpoint
-- Nothing ever asked for it.
DELETE FROM "role_permission" WHERE "permission" = 'reports';

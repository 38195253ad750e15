// Command reference writes the pages of docs/reference that are made from the sources: the settings
// from internal/config, the operations from api/openapi.json, and the codes of refusals from the calls
// of errs.New and the words in web/src/locales. `make gen` runs it; nobody edits its pages.
package main

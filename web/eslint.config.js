import pluginVue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'src/api/schema.d.ts', 'public/**'] },
  ...tseslint.configs.recommended,
  ...pluginVue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    rules: {
      // Text from people is never markup, and CSP has no exception for it.
      'vue/no-v-html': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      eqeqeq: ['error', 'smart'],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'any', normal: 'any', component: 'always' } }],
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
    },
  },
  {
    // The face stands below both applications: a part that reads an application's state
    // can neither be shown on the living page nor be used by the other one.
    files: ['src/ui/**', 'src/lib/**', 'src/live/**', 'src/api/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '(^@|\\.\\.)/(viewer|console)(/|$)', message: 'ui, lib, live and api stand below the applications: move what both need down, or pass it as a prop.' }] }],
    },
  },
  {
    // The two applications are built and loaded apart; what they share lies below them.
    files: ['src/viewer/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '(^@|\\.\\.)/console(/|$)', message: 'The viewer must not pull in the console: share through ui, lib, live or api.' }] }] },
  },
  {
    files: ['src/console/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '(^@|\\.\\.)/viewer(/|$)', message: 'The console must not pull in the viewer: share through ui, lib, live or api.' }] }] },
  },
)
